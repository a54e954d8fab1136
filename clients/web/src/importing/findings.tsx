// What the server says of a file, row by row.
import type { FieldError, RestComponents } from "@portfolio-stream/client";
import type { JSX } from "preact";
import { formatCount } from "../format";
import { formatHash } from "../router";
import { Notice } from "../ui/states";
import { Table } from "../ui/table";
import { recordsAt } from "./csv";
import type { ImportFile } from "./file";

export type Outcome = RestComponents["schemas"]["ImportOutcome"];

const SHOWN_N = 1000;

interface ErrorsProps {
  file: ImportFile;
  errors: readonly FieldError[];
  errorsN: number;
}

interface ErrorRow {
  readonly key: string;
  readonly row: number | undefined;
  readonly column: string;
  readonly value: string | undefined;
  readonly detail: string;
}

export function Errors({ file, errors, errorsN }: ErrorsProps): JSX.Element {
  const rows = errorRows(file, errors);
  return (
    <>
      <Notice kind="error">
        {errorsN === 1 ? "One thing is wrong" : `${formatCount(errorsN)} things are wrong`} in the file. Nothing of it
        is imported until all is right.
      </Notice>
      <Table
        caption="What is wrong"
        rows={rows}
        rowKey={(row) => row.key}
        columns={[
          { key: "row", label: "Row", cell: (row) => row.row ?? "" },
          { key: "column", label: "Column", cell: (row) => row.column },
          {
            key: "value",
            label: "There",
            cell: (row) => (row.value === undefined ? <span class="quiet">nothing</span> : <code>{row.value}</code>),
          },
          { key: "detail", label: "What is wrong", cell: (row) => row.detail },
        ]}
      />
      {errorsN > rows.length && <p class="quiet">These are the first {formatCount(rows.length)}.</p>}
    </>
  );
}

const isOfHeader = (error: FieldError): boolean => error.row === 1;

export function errorRows(file: ImportFile, errors: readonly FieldError[]): ErrorRow[] {
  const shown = errors.slice(0, SHOWN_N);
  const records = recordsAt(file.text, new Set(shown.flatMap((error) => error.row ?? [])));
  const names = file.preview.header.map((name) => name.toLowerCase());
  return shown.map((error, index) => {
    const fields = error.row === undefined ? undefined : records.get(error.row);
    const at = names.indexOf(error.field.toLowerCase());
    const value = at < 0 ? fields?.join(",").slice(0, 80) : fields?.[at];
    return {
      key: String(index),
      row: error.row,
      column: error.field === "row" ? "" : error.field,
      value: isOfHeader(error) ? "" : value || undefined, // of the header, the column says it
      detail: error.detail,
    };
  });
}

/** Rows of the file whose investment is there with other values: told, not written. */
export function Changed({
  file,
  outcome,
  isDry,
}: {
  file: ImportFile;
  outcome: Outcome;
  isDry: boolean;
}): JSX.Element | null {
  const changed = outcome.rows.filter((row) => row.status === "changed").slice(0, SHOWN_N);
  if (changed.length === 0) return null;
  const records = recordsAt(file.text, new Set(changed.map((row) => row.row)));
  const names = file.preview.header.map((name) => name.toLowerCase());
  const inFile = (row: number, column: string): string => records.get(row)?.[names.indexOf(column)] ?? "";
  return (
    <>
      <Notice kind="warning">
        {formatCount(outcome.changed)} {outcome.changed === 1 ? "row is" : "rows are"} here already under{" "}
        {outcome.changed === 1 ? "its" : "their"} external_id, with other values.
        {isDry ? " They will stay as they are" : " They stayed as they were"}; correct them one by one.
      </Notice>
      <Table
        caption="Here with other values"
        rows={changed}
        rowKey={(row) => String(row.row)}
        columns={[
          { key: "row", label: "Row", cell: (row) => row.row },
          {
            key: "differs",
            label: "In the file",
            cell: (row) => (row.differs ?? []).map((name) => `${name} ${inFile(row.row, name)}`).join(", "),
          },
          {
            key: "go",
            label: "To do",
            isLabelHidden: true,
            cell: (row) =>
              row.investment_id && (
                <a href={formatHash(`/portfolios/${outcome.portfolio_id}/investments`, { edit: row.investment_id })}>
                  Correct
                </a>
              ),
          },
        ]}
      />
    </>
  );
}

export function Counts({ outcome }: { outcome: Outcome }): JSX.Element {
  const words = outcome.dry_run ? "Would be added" : "Added";
  return (
    <dl class="totals" aria-label="What becomes of the rows">
      <div class="is-main">
        <dt>{words}</dt>
        <dd>{formatCount(outcome.created)}</dd>
      </div>
      <div>
        <dt>Here already</dt>
        <dd>{formatCount(outcome.duplicates)}</dd>
      </div>
      <div>
        <dt>Here with other values</dt>
        <dd>{formatCount(outcome.changed)}</dd>
      </div>
      {outcome.wrong > 0 && (
        <div>
          <dt>Wrong</dt>
          <dd class="down">{formatCount(outcome.wrong)}</dd>
        </div>
      )}
    </dl>
  );
}
