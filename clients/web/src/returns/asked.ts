// What the page of returns asks for: the range and the benchmark that its URL says. Pure.
import { daysBefore, rangeStart, RANGES, type Range } from "../charts/ranges";

export interface AskedReturns {
  readonly range: Range | null; // null: the days that are written out
  readonly start: string; // as typed; empty: from the first purchase
  readonly end: string; // empty: today
  readonly benchmark: string;
}

/** The first day of a range: what it is opened with is the close of the day before. */
export function firstDayOf(range: Range, today: string): string {
  const close = rangeStart(range, today);
  return close === undefined ? "" : daysBefore(close, -1);
}

export function readAsked(query: URLSearchParams, today: string): AskedReturns {
  const start = query.get("start") ?? "";
  const end = query.get("end") ?? "";
  const benchmark = (query.get("benchmark") ?? "").trim().toUpperCase();
  const named = query.get("range")?.toUpperCase();
  const range = RANGES.find((one) => one === named) ?? (start === "" && end === "" ? "1Y" : null);
  return range === null
    ? { range, start, end, benchmark }
    : { range, start: firstDayOf(range, today), end: "", benchmark };
}

/** The server's words for a field's error, with the names that the form has. */
export function tellError(detail: string | undefined): string | undefined {
  return detail?.replace("start_date", "the first day").replace("end_date", "the last day");
}
