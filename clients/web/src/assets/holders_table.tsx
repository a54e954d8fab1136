// Which of the portfolios that one may see hold an asset, with their live rows.
import type { JSX } from "preact";
import { formatCount } from "../format";
import { Empty } from "../ui/states";
import { Table, type TableColumn } from "../ui/table";
import { Amount, Exactly, Percent } from "../ui/values";
import type { Holder } from "./lots";
import type { HeldRow } from "./watch";

interface Row extends Holder {
  readonly held: HeldRow | undefined;
}

interface HoldersProps {
  holders: readonly Holder[];
  shownN: number; // the first so many are followed
  rows: ReadonlyMap<string, HeldRow>;
}

export function HoldersTable({ holders, shownN, rows }: HoldersProps): JSX.Element {
  if (holders.length === 0) return <Empty title="None of your portfolios holds it" />;
  const shown = holders.slice(0, shownN).map((holder): Row => ({ ...holder, held: rows.get(holder.portfolioId) }));
  const hiddenN = holders.length - shown.length;
  return (
    <>
      <Table caption="In these portfolios" columns={COLUMNS} rows={shown} rowKey={(row) => row.portfolioId} />
      {hiddenN > 0 && (
        <p class="quiet notes">
          And {hiddenN === 1 ? "one more portfolio" : `${formatCount(hiddenN)} more portfolios`}.
        </p>
      )}
    </>
  );
}

const COLUMNS: readonly TableColumn<Row>[] = [
  {
    key: "portfolio",
    label: "Portfolio",
    cell: (row) => (
      <>
        <a href={`#/portfolios/${row.portfolioId}`}>{row.held?.name ?? "…"}</a>
        <span class="row-note">
          <Exactly value={row.held?.row?.quantity ?? row.quantity} /> in{" "}
          {row.lotsN === 1 ? "one lot" : `${formatCount(row.lotsN)} lots`}
        </span>
      </>
    ),
  },
  {
    key: "value",
    label: "Value",
    isNumber: true,
    cell: ({ held }) => (
      <>
        <Amount value={held?.row?.current_value} />{" "}
        <span class="unit">{held?.row?.current_value && held.row.currency}</span>
      </>
    ),
  },
  {
    key: "gain",
    label: "Gain or loss",
    isNumber: true,
    isMinor: true,
    cell: ({ held }) => <Amount value={held?.row?.gain_loss} toned />,
  },
  {
    key: "percent",
    label: "Gain %",
    isNumber: true,
    cell: ({ held }) => <Percent value={held?.row?.gain_loss_percent} toned />,
  },
];
