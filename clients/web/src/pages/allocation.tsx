// What a portfolio is made of: bars and their numbers, by asset, class, sector, currency, …
import type { JSX } from "preact";
import { barWidth, nameSlice, parseBy, WAYS, type By, type Slice } from "../allocation/slices";
import { useApi } from "../api";
import { useKept } from "../charts/kept";
import { formatCount } from "../format";
import { setQuery } from "../navigation";
import { usePolling } from "../polling";
import { api } from "../server";
import { Empty, Loaded, Notice } from "../ui/states";
import { Table, type TableColumn } from "../ui/table";
import { Amount, Ratio, When } from "../ui/values";
import type { PageProps } from "./registry";
import "../styles/charts.css";
import "../styles/panels.css";

const AGAIN_MS = 10000;
const FIRST_SHOWN = 50;

function readAllocation(portfolioId: string, by: By, signal: AbortSignal) {
  return api.get("/portfolios/{portfolio_id}/allocation", {
    params: { portfolio_id: portfolioId },
    query: { by },
    signal,
  });
}

type Answer = Awaited<ReturnType<typeof readAllocation>>["data"];

export function Page({ params, query }: PageProps): JSX.Element {
  const portfolioId = params["portfolioId"] ?? "";
  const by = parseBy(query.get("by"));
  const asked = useApi(`allocation ${portfolioId} ${by}`, (signal) => readAllocation(portfolioId, by, signal));
  usePolling(asked.reload, AGAIN_MS);
  const { shown, isOld } = useKept(asked);
  return (
    <section class="sheet" aria-label="Allocation">
      <div class="segments" role="group" aria-label="Parts by">
        {WAYS.map((way) => (
          <button key={way.by} type="button" aria-pressed={way.by === by} onClick={() => setQuery({ by: way.by })}>
            {way.label}
          </button>
        ))}
      </div>
      <div class={`sheet ${isOld ? "is-old" : ""}`} aria-busy={isOld}>
        <Loaded of={shown} what="Loading the allocation">
          {(answer) => <Shares key={answer.by} answer={answer} />}
        </Loaded>
      </div>
    </section>
  );
}

function Shares({ answer }: { answer: Answer }): JSX.Element {
  const { slices, by, unpriced } = answer;
  const label = WAYS.find((way) => way.by === by)?.label ?? "Part";
  if (slices.length === 0) {
    return (
      <Empty title="There is nothing to divide yet">
        <p>{unpriced > 0 ? "Nothing that is held has a price." : "This portfolio holds nothing."}</p>
      </Empty>
    );
  }
  return (
    <>
      {unpriced > 0 && (
        <Notice kind="warning">
          {unpriced === 1 ? "One position has" : `${formatCount(unpriced)} positions have`} no price and{" "}
          {unpriced === 1 ? "is" : "are"} in no part.
        </Notice>
      )}
      <Table
        caption={`${label}: parts of the value`}
        isCaptionHidden
        columns={columnsBy(by, label, answer.base_currency)}
        rows={slices}
        rowKey={(slice) => `${slice.kind} ${slice.name ?? ""}`}
        firstN={FIRST_SHOWN}
      />
      <p class="quiet notes">
        Of {answer.base_currency} <Amount value={answer.total_value} />, as of <When time={answer.as_of} />; asked again
        every {formatCount(AGAIN_MS / 1000)} seconds.
      </p>
    </>
  );
}

const POSITIONS: TableColumn<Slice> = {
  key: "positions",
  label: "Positions",
  isNumber: true,
  isMinor: true,
  cell: (slice) => (slice.positions_n === undefined ? "–" : formatCount(slice.positions_n)),
};

function columnsBy(by: By, label: string, currency: string): readonly TableColumn<Slice>[] {
  return [
    {
      key: "name",
      label,
      cell: (slice) => (
        <>
          <Name slice={slice} by={by} />
          <Bar slice={slice} />
        </>
      ),
    },
    { key: "weight", label: "Part", isNumber: true, cell: (slice) => <Ratio value={slice.weight} /> },
    { key: "value", label: `Value, ${currency}`, isNumber: true, cell: (slice) => <Amount value={slice.value} /> },
    ...(by === "symbol" ? [] : [POSITIONS]),
  ];
}

function Name({ slice, by }: { slice: Slice; by: By }): JSX.Element {
  const { name, code } = nameSlice(slice, by);
  if (by === "symbol" && slice.kind === "group") return <a href={`#/assets/${encodeURIComponent(name)}`}>{name}</a>;
  return (
    <>
      {name}
      {code && <span class="unit"> {code}</span>}
    </>
  );
}

function Bar({ slice }: { slice: Slice }): JSX.Element {
  return (
    <span class="bar" aria-hidden="true">
      <span style={{ width: `${barWidth(slice.weight)}%` }} />
    </span>
  );
}
