// What a range came to: returns, amounts, risk.
import type { ComponentChildren, JSX } from "preact";
import { formatCount } from "../format";
import { Amount, Day, Ratio, toneOf, type Exact } from "../ui/values";
import type { Report, Returns, Risk } from "./read";

export function Numbers({ report: { returns, risk } }: { report: Report }): JSX.Element {
  const days = returns.days === 1 ? "one day" : `${formatCount(returns.days)} days`;
  return (
    <div class="panel sheet">
      <p class="quiet notes">
        <Day date={returns.start_date} /> to <Day date={returns.end_date} />, {days}, in {returns.base_currency}
      </p>
      <Headline returns={returns} />
      <dl class="figures">
        <Amounts returns={returns} />
        <RiskFigures risk={risk} />
      </dl>
    </div>
  );
}

interface FigureProps {
  name: string;
  about?: ComponentChildren;
  children: ComponentChildren;
}

function Figure({ name, about, children }: FigureProps): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children}
        {about && <span class="row-note">{about}</span>}
      </dd>
    </div>
  );
}

function Headline({ returns }: { returns: Returns }): JSX.Element {
  const { twr_annualized: yearly, xirr, benchmark } = returns;
  const aYear = yearly ? (
    <>
      a year <Ratio value={yearly} toned />
    </>
  ) : (
    "not annualised: less than a year"
  );
  return (
    <dl class="figures is-large">
      <Figure name="Time-weighted return" about={aYear}>
        <span data-returns="twr">
          <Ratio value={returns.twr} toned />
        </span>
      </Figure>
      <Figure name="Money-weighted return" about={xirr ? "a year (XIRR)" : "there is no such rate"}>
        <Ratio value={xirr} toned />
      </Figure>
      <Figure
        name="Gain or loss"
        about={
          <>
            of what was put in <Ratio value={returns.simple_return} toned />
          </>
        }
      >
        <span data-returns="gain">
          <Amount value={returns.gain} toned />
        </span>
      </Figure>
      {benchmark && <BenchmarkFigure benchmark={benchmark} />}
    </dl>
  );
}

function BenchmarkFigure({ benchmark }: { benchmark: NonNullable<Returns["benchmark"]> }): JSX.Element {
  const about = benchmark.price_return ? (
    <>
      the portfolio against it <Ratio value={benchmark.relative_return} toned />
    </>
  ) : (
    "has no price before these days, or no rate"
  );
  return (
    <Figure name={benchmark.ticker_symbol} about={about}>
      <span data-returns="benchmark">
        <Ratio value={benchmark.price_return} toned />
      </span>
    </Figure>
  );
}

function Amounts({ returns }: { returns: Returns }): JSX.Element {
  return (
    <>
      <Figure name="At the beginning">
        <Amount value={returns.opening_value} />
      </Figure>
      <Figure name="Put in">
        <Amount value={returns.inflow} />
      </Figure>
      {toneOf(returns.outflow) !== "" && (
        <Figure name="Taken out">
          <Amount value={returns.outflow} />
        </Figure>
      )}
      <Figure name="At the end">
        <Amount value={returns.closing_value} />
      </Figure>
      <Figure name="Modified Dietz">
        <Ratio value={returns.modified_dietz} toned />
      </Figure>
    </>
  );
}

/** A fall is told as what it is: below zero. */
const negative = (value: Exact): Exact => (toneOf(value) === "" ? value : { text: `-${value.text}` });

function RiskFigures({ risk }: { risk: Risk }): JSX.Element {
  const { value, peak_date: peak, trough_date: trough, recovered_date: recovered } = risk.max_drawdown;
  const ended = recovered ? (
    <>
      , made good on <Day date={recovered} />
    </>
  ) : (
    ", not made good"
  );
  const about =
    peak && trough ? (
      <>
        <Day date={peak} /> to <Day date={trough} />
        {ended}
      </>
    ) : (
      "it never fell"
    );
  return (
    <>
      <Figure
        name="Volatility a year"
        about={risk.returns === 1 ? "of one daily return" : `of ${formatCount(risk.returns)} daily returns`}
      >
        <Ratio value={risk.volatility} />
      </Figure>
      <Figure name="Largest fall" about={about}>
        <Ratio value={negative(value)} toned />
      </Figure>
    </>
  );
}
