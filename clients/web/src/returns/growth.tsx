// How the portfolio grew beside its benchmark, drawn day by day; and on how many days something was estimated.
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { useApi } from "../api";
import { axisPercent } from "../charts/axis";
import { Chart } from "../charts/chart";
import { factorToPercent, formatCount, formatNumber } from "../format";
import { Loaded } from "../ui/states";
import type { Exact } from "../ui/values";
import { endedLines, readGrowth, type Growth, type Returns } from "./read";

const writeReturn = (value: Exact): string =>
  formatNumber({ text: factorToPercent(value.text) }, { least: 2, padded: 4, percent: true, signed: true });

export function GrowthPanel({ returns }: { returns: Returns }): JSX.Element {
  const { portfolio_id, start_date, end_date, benchmark } = returns;
  const growth = useApi(
    `growth ${portfolio_id} ${returns.inflow.text} ${start_date} ${end_date} ${benchmark?.ticker_symbol ?? ""}`,
    (signal) => readGrowth(returns, signal),
  );
  return (
    <div class="panel sheet">
      <h2>How it grew</h2>
      <div class="growth">
        <Loaded of={growth} what="Loading the days">
          {(data) => <Drawn growth={data} returns={returns} />}
        </Loaded>
      </div>
    </div>
  );
}

function Drawn({ growth, returns }: { growth: Growth; returns: Returns }): JSX.Element {
  const { estimatedN, missingN, note } = growth;
  const lines = useMemo(() => endedLines(growth.lines, returns), [growth, returns]);
  const days = (count: number): string => (count === 1 ? "one day" : `${formatCount(count)} days`);
  return (
    <div class="sheet">
      {lines.length > 0 && (
        <Chart
          name="Time-weighted return since the beginning, day by day"
          lines={lines}
          write={writeReturn}
          axis={axisPercent}
        />
      )}
      <p class="quiet notes">
        What was put in and taken out is not in it; prices, without dividends and cash. {note}
        {estimatedN > 0 &&
          ` On ${days(estimatedN)} something had no closing price yet and counts at the price last paid (estimated).`}
        {missingN > 0 && ` On ${days(missingN)} something is not in it, for want of an exchange rate.`}
      </p>
    </div>
  );
}
