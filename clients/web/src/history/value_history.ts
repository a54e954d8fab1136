// A portfolio's value day by day: what is drawn, and what a range of days came to. Pure.
import type { Decimal, RestComponents, SelectedDocument } from "@portfolio-stream/client";
import type { ChartLine, Point } from "../charts/points";
import { difference, sumExact } from "../sum";
import type { Exact } from "../ui/values";

export type PortfolioDay = RestComponents["schemas"]["PortfolioDay"];

export interface ValueHistory {
  readonly days: readonly PortfolioDay[];
  readonly isWeekly: boolean;
}

export function linesOf(days: readonly PortfolioDay[]): readonly ChartLine[] {
  return [
    { name: "Value", kind: "area", points: days.map(({ date, value }) => ({ date, value })) },
    { name: "Paid", kind: "steps", points: days.map(({ date, cost_basis }) => ({ date, value: cost_basis })) },
  ];
}

/** What the holdings are worth now, without cash, as in the history. Null while something has no price. */
export function livePoint(totals: SelectedDocument["totals"], asOf: string | null): Point | null {
  if (!totals?.total_value || asOf === null || totals.unpriced) return null;
  const value = difference(totals.total_value, totals.cash_balance ?? { text: "0" });
  return value ? { date: asOf.slice(0, 10), value } : null;
}

export interface RangeGain {
  readonly since: string;
  readonly closing: Exact;
  readonly added: Exact; // what came in, less what went out
  readonly gain: Exact;
}

/**
 * From the close of the first day, or from before it where it is the first of all: what the value changed by, less
 * what was put in.
 */
export function gainOver(days: readonly PortfolioDay[], live: Point | null, isFromNothing: boolean): RangeGain | null {
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last) return null;
  const since = isFromNothing ? days : days.slice(1);
  const opening = isFromNothing ? { text: "0" } : first.value;
  const flows: (Decimal | undefined)[] = since.map((day) => day.inflow);
  const added = difference(
    sumExact([{ text: "0" }, ...flows]),
    sumExact([{ text: "0" }, ...since.map((day) => day.outflow)]),
  ) ?? { text: "0" };
  const closing = live && live.date >= last.date ? live.value : last.value;
  const change = difference(closing, opening) ?? { text: "0" };
  return { since: first.date, closing, added, gain: difference(change, added) ?? { text: "0" } };
}

/** How many of the days have a holding at the price last paid, or without a value. */
export function countDoubtful(days: readonly PortfolioDay[]): { estimatedN: number; missingN: number } {
  return {
    estimatedN: days.filter((day) => day.estimated > 0).length,
    missingN: days.filter((day) => day.missing > 0).length,
  };
}
