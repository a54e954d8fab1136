// A plain table of data that does not tick; sorting is the caller's, in the URL. Ticking rows: positions/.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { formatCount } from "../format";
import { Button } from "./button";

export interface TableColumn<Row> {
  key: string;
  label: string;
  isLabelHidden?: boolean; // only spoken: what is in the column says itself
  isNumber?: boolean; // aligned to the end, tabular digits
  isMinor?: boolean; // left out on a phone
  cell: (row: Row) => ComponentChildren;
}

interface TableProps<Row> {
  caption: string;
  isCaptionHidden?: boolean;
  columns: readonly TableColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  firstN?: number; // shows so many, until all are asked for
}

const cellClass = (column: { isNumber?: boolean; isMinor?: boolean }): string =>
  `${column.isNumber ? "is-number" : ""} ${column.isMinor ? "is-minor" : ""}`;

/** The first column is each row's heading. */
export function Table<Row>({ firstN = Infinity, rows, ...rest }: TableProps<Row>): JSX.Element {
  const [isAll, setAll] = useState(false);
  if (isAll || rows.length <= firstN) return <Rows rows={rows} {...rest} />;
  return (
    <>
      <Rows rows={rows.slice(0, firstN)} {...rest} />
      <div>
        <Button onClick={() => setAll(true)}>Show all {formatCount(rows.length)}</Button>
      </div>
    </>
  );
}

function Rows<Row>({ caption, isCaptionHidden = false, columns, rows, rowKey }: TableProps<Row>): JSX.Element {
  return (
    <div class="table-scroll" role="region" aria-label={caption} tabIndex={0}>
      <table class="table">
        <caption class={isCaptionHidden ? "visually-hidden" : ""}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" class={cellClass(column)}>
                <span class={column.isLabelHidden ? "visually-hidden" : ""}>{column.label}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.key} scope="row" class={cellClass(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.key} class={cellClass(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
