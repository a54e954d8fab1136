// What a range came to: returns, amounts, risk.
import type { ComponentChildren, JSX } from "preact";
import { formatCount } from "../format";
import { Amount, Day, Ratio, type Exact } from "../ui/values";
import type { Report } from "./read";

interface FactProps {
  name: string;
  about?: ComponentChildren;
  children: ComponentChildren;
}

function Fact({ name, about, children }: FactProps): JSX.Element {
  return <div><dt>{name}</dt><dd>{children}{about && <span class="row-note">{about}</span>}</dd></div>;
}

/** A fall is told as what it is: below zero. */
const negative = (value: Exact): Exact => (/^[0.]*$/.test(value.text) ? value : { text: `-${value.text}` });

export function Numbers({ report: { returns, risk } }: { report: Report }): JSX.Element {
  const { benchmark, base_currency: currency } = returns;
  const fall = risk.max_drawdown;
  return (
    <div class="panel sheet">
      <p class="quiet notes">
        <Day date={returns.start_date} /> to <Day date={returns.end_date} />, {returns.days === 1 ? "one day" : `${formatCount(returns.days)} days`}, in {currency}
      </p>
      <dl class="figures is-large">
        <Fact name="Time-weighted return" about={returns.twr_annualized ? <>a year <Ratio value={returns.twr_annualized} toned /></> : "not annualised: less than a year"}>
          <span data-returns="twr"><Ratio value={returns.twr} toned /></span>
        </Fact>
        <Fact name="Money-weighted return" about={returns.xirr ? "a year (XIRR)" : "there is no such rate"}><Ratio value={returns.xirr} toned /></Fact>
        <Fact name="Gain or loss" about={<>of what was put in <Ratio value={returns.simple_return} toned /></>}>
          <span data-returns="gain"><Amount value={returns.gain} toned /></span>
        </Fact>
        {benchmark && (
          <Fact name={benchmark.ticker_symbol} about={benchmark.price_return ? <>the portfolio against it <Ratio value={benchmark.relative_return} toned /></> : "has no price before these days, or no rate"}>
            <span data-returns="benchmark"><Ratio value={benchmark.price_return} toned /></span>
          </Fact>
        )}
      </dl>
      <dl class="figures">
        <Fact name="At the beginning"><Amount value={returns.opening_value} /></Fact>
        <Fact name="Put in"><Amount value={returns.inflow} /></Fact>
        {!/^[0.]*$/.test(returns.outflow.text) && <Fact name="Taken out"><Amount value={returns.outflow} /></Fact>}
        <Fact name="At the end"><Amount value={returns.closing_value} /></Fact>
        <Fact name="Modified Dietz"><Ratio value={returns.modified_dietz} toned /></Fact>
        <Fact name="Volatility a year" about={`of ${formatCount(risk.returns)} daily returns`}><Ratio value={risk.volatility} /></Fact>
        <Fact name="Largest fall" about={fall.peak_date && fall.trough_date
          ? <><Day date={fall.peak_date} /> to <Day date={fall.trough_date} />{fall.recovered_date ? <>, made good on <Day date={fall.recovered_date} /></> : ", not made good"}</>
          : "it never fell"}>
          <Ratio value={negative(fall.value)} toned />
        </Fact>
      </dl>
    </div>
  );
}
