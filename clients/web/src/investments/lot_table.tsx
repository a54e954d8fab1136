// The investments of a page of the list, with what can be done to each.
import type { JSX } from "preact";
import { formatDate, formatNumber } from "../format";
import { Icon } from "../ui/icon";
import { Table, type TableColumn } from "../ui/table";
import { Amount, Day, Exactly, Percent, toneOf } from "../ui/values";
import type { Lot } from "./lot_body";

interface LotTableProps {
  lots: readonly Lot[];
  onEdit?: (lot: Lot) => void; // absent: may only be looked at
  onDelete?: (lot: Lot) => void;
}

export function lotName(lot: Lot): string {
  return `${formatNumber(lot.quantity)} ${lot.ticker_symbol} of ${formatDate(lot.purchase_date)}`;
}

export function LotTable({ lots, onEdit, onDelete }: LotTableProps): JSX.Element {
  const actions: TableColumn<Lot> = {
    key: "actions",
    label: "To do",
    isLabelHidden: true,
    isNumber: true,
    cell: (lot) => (
      <span class="row-actions">
        {onEdit && (
          <button
            type="button"
            class="icon-button"
            aria-label={`Correct ${lotName(lot)}`}
            title="Correct"
            onClick={() => onEdit(lot)}
          >
            <Icon name="edit" />
          </button>
        )}
        {onDelete && (
          <button
            type="button"
            class="icon-button"
            aria-label={`Delete ${lotName(lot)}`}
            title="Delete"
            onClick={() => onDelete(lot)}
          >
            <Icon name="trash" />
          </button>
        )}
      </span>
    ),
  };
  return (
    <Table
      caption="Investments"
      isCaptionHidden
      columns={onEdit || onDelete ? [...COLUMNS, actions] : COLUMNS}
      rows={lots}
      rowKey={(lot) => lot.investment_id}
    />
  );
}

const COLUMNS: readonly TableColumn<Lot>[] = [
  {
    key: "symbol",
    label: "Symbol",
    cell: (lot) => (
      <>
        {lot.ticker_symbol}
        <span class="row-note only-phone">
          <Day date={lot.purchase_date} />
        </span>
        {lot.external_id && <span class="row-note">{lot.external_id}</span>}
      </>
    ),
  },
  { key: "date", label: "Purchased", isMinor: true, cell: (lot) => <Day date={lot.purchase_date} /> },
  {
    key: "quantity",
    label: "Quantity",
    isNumber: true,
    cell: (lot) => (
      <>
        <Exactly value={lot.quantity} />
        {lot.current_quantity && (
          <span class="row-note">
            now <Exactly value={lot.current_quantity} />
          </span>
        )}
      </>
    ),
  },
  { key: "price", label: "Price", isNumber: true, isMinor: true, cell: (lot) => <Amount value={lot.purchase_price} /> },
  {
    key: "cost",
    label: "Cost",
    isNumber: true,
    isMinor: true,
    cell: (lot) => (
      <>
        <Amount value={lot.cost_basis} /> <span class="unit">{lot.currency}</span>
        {!lot.fee.isZero && (
          <span class="row-note">
            fee <Amount value={lot.fee} />
          </span>
        )}
      </>
    ),
  },
  { key: "value", label: "Value", isNumber: true, isMinor: true, cell: (lot) => <Amount value={lot.current_value} /> },
  {
    key: "gain",
    label: "Gain or loss",
    isNumber: true,
    cell: (lot) =>
      lot.gain_loss === undefined ? (
        <span class="quiet">no price</span>
      ) : (
        <span class={toneOf(lot.gain_loss)}>
          <Amount value={lot.gain_loss} toned />
          <span class="row-note">
            <Percent value={lot.gain_loss_percent} toned />
          </span>
        </span>
      ),
  },
];
