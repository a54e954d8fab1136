// A portfolio's value day by day, going on with the live value.
import type { JSX } from "preact";
import { useCallback, useMemo } from "preact/hooks";
import { useApi } from "../api";
import { axisAmount } from "../charts/axis";
import { Chart } from "../charts/chart";
import { useKept } from "../charts/kept";
import type { Point } from "../charts/points";
import { RangeButtons } from "../charts/range_buttons";
import { parseRange, RANGE_NAMES, todayUtc, type Range } from "../charts/ranges";
import { formatCount, formatNumber } from "../format";
import { useLotsChange } from "../history/lots_change";
import { readHistory } from "../history/read";
import {
  countDoubtful,
  gainOver,
  linesOf,
  livePoint,
  type PortfolioDay,
  type ValueHistory,
} from "../history/value_history";
import { followLive, useLive } from "../live";
import { usePortfolioSubscription } from "../portfolio_frame";
import { Empty, Loaded } from "../ui/states";
import { Amount, Day, type Exact } from "../ui/values";
import type { PageProps } from "./registry";
import "../styles/panels.css";

const writeAmount = (value: Exact): string => formatNumber(value, { least: 2 });

export function Page({ params, query }: PageProps): JSX.Element {
  const portfolioId = params["portfolioId"] ?? "";
  const range = parseRange(query.get("range"));
  const today = todayUtc();
  const asked = useApi(`history ${portfolioId} ${range} ${today}`, (signal) =>
    readHistory(portfolioId, range, today, signal),
  );
  useLotsChange(usePortfolioSubscription(), asked.reload);
  const { shown, isOld } = useKept<ValueHistory>(asked);
  return (
    <section class="sheet" aria-label="Value day by day">
      <div class={`panel sheet ${isOld ? "is-old" : ""}`} aria-busy={isOld}>
        <Loaded of={shown} what="Loading the history">
          {(history) => <History history={history} range={range} />}
        </Loaded>
      </div>
    </section>
  );
}

function History({ history, range }: { history: ValueHistory; range: Range }): JSX.Element {
  const { days, isWeekly } = history;
  const subscription = usePortfolioSubscription();
  const lines = useMemo(() => linesOf(days), [days]);
  const follow = useCallback(
    (show: (point: Point) => void) =>
      followLive(subscription, ({ document, asOf }) => {
        const point = livePoint(document?.totals, asOf);
        if (point) show(point);
      }),
    [subscription],
  );
  return (
    <>
      <div class="panel-head">
        <Gained days={days} isFromNothing={range === "ALL"} />
        <RangeButtons range={range} />
      </div>
      {days.length === 0 ? (
        <Empty title="There is no value of these days yet">
          <p>
            {range === "ALL"
              ? "It begins with the first purchase."
              : `${RANGE_NAMES[range]}: nothing was held, or nothing priced.`}
          </p>
        </Empty>
      ) : (
        <Chart
          name="Value of the holdings, day by day"
          lines={lines}
          write={writeAmount}
          axis={axisAmount}
          follow={follow}
        />
      )}
      {days.length > 0 && <Notes days={days} isWeekly={isWeekly} />}
    </>
  );
}

/** What the range came to so far; moves with the prices. */
function Gained({ days, isFromNothing }: { days: readonly PortfolioDay[]; isFromNothing: boolean }): JSX.Element {
  const { document, asOf } = useLive(usePortfolioSubscription());
  const gained = gainOver(days, livePoint(document?.totals, asOf), isFromNothing);
  const currency = document?.base_currency ?? "";
  if (!gained) return <h2>Value</h2>;
  return (
    <dl class="totals" aria-label="Of these days">
      <div>
        <dt>
          Gain or loss since <Day date={gained.since} />
        </dt>
        <dd data-history="gain">
          <Amount value={gained.gain} toned />
        </dd>
      </div>
      <div>
        <dt>Put in{isFromNothing ? "" : " since then"}</dt>
        <dd>
          <Amount value={gained.added} />
        </dd>
      </div>
      <div>
        <dt>
          Holdings <span class="unit">{currency}</span>
        </dt>
        <dd data-history="value">
          <Amount value={gained.closing} />
        </dd>
      </div>
    </dl>
  );
}

function Notes({ days, isWeekly }: { days: readonly PortfolioDay[]; isWeekly: boolean }): JSX.Element {
  const { estimatedN, missingN } = countDoubtful(days);
  const unit = (count: number): string => `${formatCount(count)} ${isWeekly ? "week" : "day"}${count === 1 ? "" : "s"}`;
  return (
    <p class="quiet notes">
      Without cash, at closing prices{isWeekly ? ", the last of each week" : ""}; the last point is live. Days are
      UTC’s.
      {estimatedN > 0 &&
        ` On ${unit(estimatedN)} something had no closing price yet and counts at the price last paid (estimated).`}
      {missingN > 0 && ` On ${unit(missingN)} something is not in the value, for want of an exchange rate.`}
    </p>
  );
}
