// The records of a CSV text, counted as the server counts them: empty lines have a number, but are no records. Pure.

export interface CsvRecord {
  readonly row: number; // from 1, as spreadsheets count
  readonly fields: readonly string[];
}

/** For showing what is in a file; whether it is right, the server says. */
export function* csvRecords(text: string): Generator<CsvRecord> {
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  for (let row = 1; at < text.length; row++) {
    const { fields, end } = readRecord(text, at);
    at = end;
    if (fields.length > 1 || fields[0] !== "") yield { row, fields };
  }
}

function readRecord(text: string, start: number): { fields: string[]; end: number } {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    const field = text[at] === '"' ? readQuoted(text, at) : readPlain(text, at);
    fields.push(field.value);
    at = field.end;
    if (text[at] !== ",") break;
    at++;
  }
  if (text[at] === "\r") at++;
  return { fields, end: at + 1 };
}

interface FieldRead {
  readonly value: string;
  readonly end: number; // at the comma, or the line's end
}

const STOP = /,|\r?\n|\r?$/g;

function readPlain(text: string, start: number): FieldRead {
  STOP.lastIndex = start;
  const end = STOP.exec(text)?.index ?? text.length;
  return { value: text.slice(start, end), end };
}

function readQuoted(text: string, start: number): FieldRead {
  let value = "";
  for (let at = start + 1; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return { value: value + text.slice(at), end: text.length }; // never closed
    value += text.slice(at, quote);
    if (text[quote + 1] === '"') {
      value += '"';
      at = quote + 2;
      continue;
    }
    const rest = readPlain(text, quote + 1); // nothing, in a file that is right
    return { value: value + rest.value, end: rest.end };
  }
}

export interface Preview {
  readonly header: readonly string[];
  readonly rows: readonly CsvRecord[]; // the first ones
  readonly rowsN: number;
}

export function previewOf(text: string, shownN: number): Preview {
  const rows: CsvRecord[] = [];
  let header: readonly string[] | null = null;
  let rowsN = 0;
  for (const record of csvRecords(text)) {
    if (header === null) {
      header = record.fields.map((field) => field.trim());
      continue;
    }
    if (rowsN < shownN) rows.push(record);
    rowsN++;
  }
  return { header: header ?? [], rows, rowsN };
}

/** What stands in the file at these rows, by row. */
export function recordsAt(text: string, wanted: ReadonlySet<number>): Map<number, readonly string[]> {
  const found = new Map<number, readonly string[]>();
  const last = Math.max(0, ...wanted);
  for (const { row, fields } of csvRecords(text)) {
    if (row > last) break;
    if (wanted.has(row)) found.set(row, fields);
  }
  return found;
}
