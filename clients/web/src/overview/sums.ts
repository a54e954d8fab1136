// What several portfolios are together: sums of their live totals, of each currency by itself. Pure.
import type { SelectedDocument } from "@portfolio-stream/client";
import { difference, percentOf, sumExact } from "../sum";
import type { Exact } from "../ui/values";

export type SomeTotals = SelectedDocument["totals"];

export interface Summed {
  readonly currency: string;
  readonly portfoliosN: number;
  readonly value: Exact | undefined;
  readonly dayChange: Exact | undefined;
  readonly dayPercent: Exact | undefined;
  readonly gain: Exact | undefined;
  readonly gainPercent: Exact | undefined;
}

/** Sums of the live totals, of each currency by itself: exact, from the rows that are shown. */
export function sumByCurrency(
  rows: readonly { readonly currency: string; readonly totals: SomeTotals | null }[],
): Summed[] {
  const currencies = [...new Set(rows.map((row) => row.currency))];
  return currencies.map((currency) => {
    const totals = rows.filter((row) => row.currency === currency).map((row) => row.totals);
    const value = sumExact(totals.map((total) => total?.total_value));
    const dayChange = sumExact(totals.map((total) => total?.day_change));
    const gain = sumExact(totals.map((total) => total?.gain_loss));
    const cash = sumExact(totals.map((total) => total?.cash_balance));
    const held = difference(value, cash ?? { text: "0" });
    const isWhole = totals.every((total) => isDayWhole(total, dayChange)); // else the day's percent has another base
    return {
      currency,
      portfoliosN: totals.length,
      value,
      dayChange,
      dayPercent: isWhole ? percentOf(dayChange, difference(held, dayChange)) : undefined,
      gain,
      gainPercent: percentOf(gain, difference(held, gain)), // the cost of what is priced
    };
  });
}

const isNothing = (value: Exact | undefined): boolean => value !== undefined && /^-?[0.]*$/.test(value.text);

/**
 * Whether its day's change is of all that its value is of: a row without a previous close has a value alone.
 * 0 % is the same of any part of it: that does only where the sum is 0, too.
 */
function isDayWhole(totals: SomeTotals | null, sum: Exact | undefined): boolean {
  if (!totals) return true;
  const { total_value: value, cash_balance: cash, day_change: day, day_change_percent: percent } = totals;
  const held = difference(value, cash ?? { text: "0" });
  if (isNothing(held)) return true;
  if (isNothing(percent) && !isNothing(sum)) return false;
  return percentOf(day, difference(held, day))?.text === percent?.text;
}
