// An asset's price day by day, going on with the live one; splits undone in what is drawn.
import type { JSX } from "preact";
import { useCallback, useEffect, useMemo, useRef } from "preact/hooks";
import { useApi, type ApiState } from "../api";
import { axisAmount } from "../charts/axis";
import { Chart } from "../charts/chart";
import { useKept } from "../charts/kept";
import type { Point } from "../charts/points";
import { RangeButtons } from "../charts/range_buttons";
import { todayUtc, type Range } from "../charts/ranges";
import { formatDate, formatNumber } from "../format";
import { priceGrowthOf } from "../returns/index_line";
import { Empty, Loaded } from "../ui/states";
import { Day, Ratio, type Exact } from "../ui/values";
import { closesLine, splitsOf, type Bar, type CorporateAction } from "./bars";
import type { KnownPrice } from "./price";
import { readHistoryOf, type BarHistory } from "./read";

const writePrice = (value: Exact): string => formatNumber(value, { least: 2 });

interface HistoryPanelProps {
  symbol: string;
  currency: string | undefined;
  range: Range;
  price: KnownPrice | null;
  actions: ApiState<readonly CorporateAction[]>;
}

export function HistoryPanel({ symbol, currency, range, price, actions }: HistoryPanelProps): JSX.Element {
  const today = todayUtc();
  const asked = useApi(`bars ${symbol} ${range} ${today}`, (signal) => readHistoryOf(symbol, range, today, signal));
  const { shown, isOld } = useKept<BarHistory>(asked);
  const live = price && (currency === undefined || price.currency === currency) ? price : null;
  const known = actions.data ?? NO_ACTIONS;
  return (
    <div class={`panel sheet ${isOld ? "is-old" : ""}`} aria-busy={isOld}>
      <Loaded of={shown} what="Loading the history">
        {(history) => <Drawn symbol={symbol} history={history} actions={known} price={live} range={range} />}
      </Loaded>
    </div>
  );
}

const NO_ACTIONS: readonly CorporateAction[] = [];

interface DrawnProps {
  symbol: string;
  history: BarHistory;
  actions: readonly CorporateAction[];
  price: KnownPrice | null;
  range: Range;
}

function Drawn({ symbol, history: { bars, isWeekly }, actions, price, range }: DrawnProps): JSX.Element {
  const splits = useMemo(() => splitsOf(actions), [actions]);
  const lines = useMemo(() => [closesLine(bars, splits)], [bars, splits]);
  const follow = useLatest(price);
  const first = bars[0];
  const isSplit = first !== undefined && splits.some((split) => split.date > first.date);
  return (
    <>
      <div class="panel-head">
        <Change bars={bars} splits={splits} price={price} />
        <RangeButtons range={range} />
      </div>
      {first === undefined ? (
        <Empty title="There are no prices of these days">
          <p>They come with a history job, and after each session’s close.</p>
        </Empty>
      ) : (
        <Chart
          name={`Closing prices of ${symbol}`}
          lines={lines}
          write={writePrice}
          axis={axisAmount}
          follow={follow}
          table={() => <BarTable symbol={symbol} bars={bars} />}
        />
      )}
      {first && (
        <p class="quiet notes">
          Closing prices{isWeekly ? ", the last of each week" : ""}; the last point is live where there is a price of
          today.
          {isSplit && " Splits are undone in what is drawn; numbers are as they were traded."}
        </p>
      )}
    </>
  );
}

/** The newest price as what a chart follows: it is told of each one, without being made anew. */
function useLatest(price: KnownPrice | null): (show: (point: Point) => void) => () => void {
  const shows = useRef(new Set<(point: Point) => void>());
  const latest = useRef(price);
  latest.current = price;
  useEffect(() => {
    if (price) for (const show of shows.current) show({ date: price.day, value: price.price });
  }, [price]);
  return useCallback((show) => {
    shows.current.add(show);
    if (latest.current) show({ date: latest.current.day, value: latest.current.price });
    return () => shows.current.delete(show);
  }, []);
}

function Change({
  bars,
  splits,
  price,
}: {
  bars: readonly Bar[];
  splits: ReturnType<typeof splitsOf>;
  price: KnownPrice | null;
}): JSX.Element {
  const first = bars[0];
  const last = bars.at(-1);
  if (!first || !last) return <h2>History</h2>;
  const isLive = price !== null && price.day >= last.date;
  const ends = [first, isLive ? { date: price.day, close: price.price } : last];
  return (
    <dl class="totals">
      <div>
        <dt>
          Change since <Day date={first.date} />
        </dt>
        <dd>
          <Ratio value={priceGrowthOf(ends, splits, undefined).at(-1)?.value} toned />
        </dd>
      </div>
    </dl>
  );
}

function BarTable({ symbol, bars }: { symbol: string; bars: readonly Bar[] }): JSX.Element {
  const cell = (value: Exact | undefined): string => (value ? writePrice(value) : "–");
  return (
    <table class="table">
      <caption class="visually-hidden">Prices of {symbol}, as traded</caption>
      <thead>
        <tr>
          <th scope="col">Day</th>
          {["Open", "High", "Low", "Close", "Volume"].map((name) => (
            <th key={name} scope="col" class="is-number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...bars].reverse().map((bar) => (
          <tr key={bar.date}>
            <th scope="row">
              <time dateTime={bar.date}>{formatDate(bar.date)}</time>
            </th>
            <td class="is-number">{cell(bar.open)}</td>
            <td class="is-number">{cell(bar.high)}</td>
            <td class="is-number">{cell(bar.low)}</td>
            <td class="is-number">{cell(bar.close)}</td>
            <td class="is-number">{bar.volume ? formatNumber(bar.volume) : "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
