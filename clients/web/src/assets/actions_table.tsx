// An asset's splits, dividends and spin-offs, the newest first.
import type { JSX } from "preact";
import { Table, type TableColumn } from "../ui/table";
import { Day, Exactly } from "../ui/values";
import { tellAction, type CorporateAction } from "./bars";

const FIRST_SHOWN = 8;

export function ActionsTable({
  actions,
  currency,
}: {
  actions: readonly CorporateAction[];
  currency: string | undefined;
}): JSX.Element {
  if (actions.length === 0) return <p class="quiet notes">No splits or dividends are known.</p>;
  return (
    <Table
      caption="Splits and dividends"
      columns={columnsOf(currency)}
      rows={[...actions].reverse()}
      rowKey={(row) => `${row.date} ${row.type}`}
      firstN={FIRST_SHOWN}
    />
  );
}

function columnsOf(currency: string | undefined): readonly TableColumn<CorporateAction>[] {
  return [
    { key: "date", label: "Day", cell: (row) => <Day date={row.date} /> },
    { key: "type", label: "What", cell: (row) => tellAction(row).name },
    { key: "amount", label: "How much", isNumber: true, cell: (row) => <HowMuch action={row} currency={currency} /> },
  ];
}

function HowMuch({ action, currency }: { action: CorporateAction; currency: string | undefined }): JSX.Element {
  const { what, amount } = tellAction(action);
  return (
    <>
      {amount && (
        <>
          <Exactly value={amount} /> <span class="unit">{currency}</span>{" "}
        </>
      )}
      {what}
    </>
  );
}
