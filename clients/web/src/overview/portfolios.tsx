// A customer's portfolios in a table that moves, and what they are together.
import { ApiProblem } from "@portfolio-stream/client";
import type { JSX } from "preact";
import { useApi } from "../api";
import { formatCount, restDigits } from "../format";
import { usePolling } from "../polling";
import { api } from "../server";
import { useLiveTotals } from "../totals";
import { Empty, Loaded, Notice } from "../ui/states";
import { Table, type TableColumn } from "../ui/table";
import { Amount, LiveAmount, Percent, type Exact } from "../ui/values";
import { sumByCurrency, type SomeTotals, type Summed } from "./sums";

const PART_N = 100;
const AGAIN_MS = 10000; // which there are, also what others made: totals are live

interface Row {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly currency: string;
  readonly totals: SomeTotals | null;
  readonly mark: string;
  readonly unpricedN: number;
}

interface PortfoliosProps {
  customerId: string;
  newHref: string | null; // where a new one is made; null: not by who looks
}

export function Portfolios({ customerId, newHref }: PortfoliosProps): JSX.Element {
  const list = useApi(`summary ${customerId}`, (signal) => readSummary(customerId, signal));
  usePolling(list.reload, AGAIN_MS);
  return (
    <Loaded of={list} what="Loading portfolios">
      {(summary) => <Shown summary={summary} newHref={newHref} />}
    </Loaded>
  );
}

interface Listed {
  readonly items: readonly ListedPortfolio[];
  readonly together?: { readonly value: Exact; readonly currency: string } | undefined;
  readonly isPart: boolean; // there are more than are told of together
}

interface ListedPortfolio {
  readonly portfolio_id: string;
  readonly portfolio_name: string;
  readonly portfolio_type: string;
  readonly base_currency: string;
  readonly totals?: SomeTotals;
}

async function readSummary(customerId: string, signal: AbortSignal): Promise<{ data: Listed }> {
  const request = { params: { customer_id: customerId }, signal };
  try {
    const { data } = await api.get("/customers/{customer_id}/portfolios/summary", request);
    const together =
      data.totals && data.currency ? { value: data.totals.total_value, currency: data.currency } : undefined;
    return { data: { items: data.items, together, isPart: false } };
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== "limit_exceeded") throw error;
    const query = { limit: PART_N, sort: "portfolio_name" } as const;
    const { data } = await api.get("/customers/{customer_id}/portfolios", { ...request, query });
    return { data: { items: data.items, isPart: true } };
  }
}

function Shown({ summary, newHref }: { summary: Listed; newHref: string | null }): JSX.Element {
  const live = useLiveTotals(summary.items.map((item) => item.portfolio_id));
  if (summary.items.length === 0) {
    return <Empty title="There is no portfolio yet">{newHref && <a href={newHref}>Make the first one</a>}</Empty>;
  }
  const rows = summary.items.flatMap((item): Row[] => {
    const now = live.get(item.portfolio_id);
    if (now?.status === "ended") return [];
    const totals = now?.totals ?? item.totals ?? null;
    return [
      {
        id: item.portfolio_id,
        name: now?.name ?? item.portfolio_name,
        type: TYPE_NAMES[item.portfolio_type] ?? item.portfolio_type,
        currency: now?.currency ?? item.base_currency, // of the totals that are shown
        totals,
        mark: now?.status === "stale" ? "stale" : now?.status === "market_closed" ? "market closed" : "",
        unpricedN: totals?.unpriced ?? 0,
      },
    ];
  });
  const sums = sumByCurrency(rows);
  const isLost = [...live.values()].some((now) => now.status === "disconnected");
  return (
    <div class="overview" data-status={isLost ? "disconnected" : undefined}>
      {!summary.isPart && sums.map((sum) => <Together key={sum.currency} sum={sum} isLost={isLost} />)}
      {sums.length > 1 && summary.together && (
        <p class="quiet">
          All together <Amount value={summary.together.value} /> {summary.together.currency}, at the rates of the last
          ten seconds.
        </p>
      )}
      {summary.isPart && (
        <Notice>
          There are more portfolios than are shown at once: these are the first {PART_N} by name.
          {isLost && <LastKnown />}
        </Notice>
      )}
      <Table caption="Portfolios" isCaptionHidden columns={columnsFor(rows)} rows={rows} rowKey={(row) => row.id} />
    </div>
  );
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  IRA: "IRA",
  ROTH_IRA: "Roth IRA",
  "401K": "401(k)",
  BROKERAGE: "Brokerage",
  SAVINGS: "Savings",
  OTHER: "Other",
};

function columnsFor(rows: readonly Row[]): TableColumn<Row>[] {
  const room = (name: "total_value" | "day_change" | "gain_loss"): number =>
    restDigits(
      rows.map((row) => row.totals?.[name]),
      2,
    );
  const [valueRoom, dayRoom, gainRoom] = [room("total_value"), room("day_change"), room("gain_loss")];
  const number = { isNumber: true } as const;
  const minor = { isNumber: true, isMinor: true } as const;
  return [
    { key: "name", label: "Portfolio", cell: (row) => <Name row={row} /> },
    { key: "value", label: "Value", ...number, cell: (row) => <Value row={row} room={valueRoom} /> },
    {
      key: "day",
      label: "Today",
      ...minor,
      cell: (row) => <Amount value={row.totals?.day_change} rest={dayRoom} toned />,
    },
    {
      key: "day_percent",
      label: "Today %",
      ...number,
      cell: (row) => <Percent value={row.totals?.day_change_percent} toned />,
    },
    {
      key: "gain",
      label: "Gain or loss",
      ...minor,
      cell: (row) => <Amount value={row.totals?.gain_loss} rest={gainRoom} toned />,
    },
    {
      key: "gain_percent",
      label: "Gain %",
      ...minor,
      cell: (row) => <Percent value={row.totals?.gain_loss_percent} toned />,
    },
  ];
}

function Name({ row }: { row: Row }): JSX.Element {
  return (
    <>
      <a href={`#/portfolios/${row.id}`}>{row.name}</a>
      {row.mark && <span class={`badge is-${row.mark === "stale" ? "stale" : "market_closed"}`}>{row.mark}</span>}
      {row.unpricedN > 0 && (
        <span class="badge is-stale" title="Not in value and gain">
          {formatCount(row.unpricedN)} without a price
        </span>
      )}
      <span class="row-note">{row.type}</span>
    </>
  );
}

function Value({ row, room }: { row: Row; room: number }): JSX.Element {
  return (
    <>
      <Amount value={row.totals?.total_value} rest={room} /> <span class="unit">{row.currency}</span>
    </>
  );
}

const LastKnown = (): JSX.Element => <span class="badge">Last known state</span>;

function Together({ sum, isLost }: { sum: Summed; isLost: boolean }): JSX.Element {
  return (
    <dl class="totals" aria-label={`All portfolios in ${sum.currency}`}>
      <div class="is-main">
        <dt>
          Value <span class="unit">{sum.currency}</span>
          {isLost && <LastKnown />}
        </dt>
        <dd data-sum="total_value">
          <LiveAmount value={sum.value} />
        </dd>
      </div>
      <SummedGain label="Today" amount={sum.dayChange} percent={sum.dayPercent} />
      <SummedGain label="Gain or loss" amount={sum.gain} percent={sum.gainPercent} />
    </dl>
  );
}

function SummedGain({
  label,
  amount,
  percent,
}: {
  label: string;
  amount: Exact | undefined;
  percent: Exact | undefined;
}): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <LiveAmount value={amount} toned />
        {percent && (
          <small>
            <Percent value={percent} toned />
          </small>
        )}
      </dd>
    </div>
  );
}
