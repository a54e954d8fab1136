// What each holding gave to the whole: a bar to the side of its sign, and its numbers.
import type { RestComponents } from "@portfolio-stream/client";
import type { JSX } from "preact";
import { Table, type TableColumn } from "../ui/table";
import { Amount, Ratio, toneOf } from "../ui/values";
import { largestShare, orderContributions } from "./order";
import type { Returns } from "./read";

type Contribution = RestComponents["schemas"]["Contribution"];

const FIRST_SHOWN = 50;

export function Contributions({ returns }: { returns: Returns }): JSX.Element {
  return (
    <Table
      caption="What each holding gave"
      columns={columnsOf(largestShare(returns.contributions))}
      rows={orderContributions(returns.contributions)}
      rowKey={(row) => row.ticker_symbol}
      firstN={FIRST_SHOWN}
    />
  );
}

const QUALITY: Readonly<Record<string, string>> = { estimated: "at the price last paid", missing: "without a value" };

function columnsOf(largest: number): readonly TableColumn<Contribution>[] {
  return [
    {
      key: "symbol",
      label: "Holding",
      cell: (row) => (
        <>
          <a href={`#/assets/${encodeURIComponent(row.ticker_symbol)}`}>{row.ticker_symbol}</a>
          {row.quality && <span class="badge is-stale">{QUALITY[row.quality] ?? row.quality}</span>}
          <SidedBar value={row.contribution} largest={largest} />
        </>
      ),
    },
    {
      key: "contribution",
      label: "Contribution",
      isNumber: true,
      cell: (row) => <Ratio value={row.contribution} toned />,
    },
    { key: "gain", label: "Gain or loss", isNumber: true, cell: (row) => <Amount value={row.gain} toned /> },
    {
      key: "return",
      label: "Its return",
      isNumber: true,
      isMinor: true,
      cell: (row) => <Ratio value={row.simple_return} toned />,
    },
    {
      key: "price",
      label: "Its price",
      isNumber: true,
      isMinor: true,
      cell: (row) => <Ratio value={row.price_return} toned />,
    },
    {
      key: "closing",
      label: "Worth at the end",
      isNumber: true,
      isMinor: true,
      cell: (row) => <Amount value={row.closing_value} />,
    },
  ];
}

function SidedBar({ value, largest }: { value: Contribution["contribution"]; largest: number }): JSX.Element {
  const share = value && largest > 0 ? Math.abs(value.number) / largest : 0;
  const tone = toneOf(value);
  return (
    <span class="sided-bar" aria-hidden="true" data-tone={tone}>
      <span style={{ width: `${50 * share}%`, [tone === "down" ? "right" : "left"]: "50%" }} />
    </span>
  );
}
