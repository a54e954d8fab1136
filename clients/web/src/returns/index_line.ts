// How a portfolio and a benchmark grew from day to day: what the chart of returns draws. Pure.
//
// The steps are the server's (docs/returns.md): a day's factor is (value + outflow) / (value before + inflow).
// They are multiplied as whole numbers of 1e-15, so that what is told does not depend on binary fractions.
import type { Point } from "../charts/points";
import { unitsOf } from "../sum";
import type { Exact } from "../ui/values";

const ONE = 10n ** 15n;
const RATIO_PLACES = 6; // as the server's

/** A factor of 1e-15 less one, rounded to 6 decimals, half away from zero. */
function returnText(factor: bigint): string {
  const unit = ONE / 10n ** BigInt(RATIO_PLACES);
  const gain = factor - ONE;
  const size = ((gain < 0n ? -gain : gain) + unit / 2n) / unit;
  const digits = size.toString().padStart(RATIO_PLACES + 1, "0");
  const fraction = digits.slice(-RATIO_PLACES).replace(/0+$/, "");
  const minus = gain < 0n && size > 0n ? "-" : "";
  return `${minus}${digits.slice(0, -RATIO_PLACES)}${fraction === "" ? "" : `.${fraction}`}`;
}

const pointOf = (date: string, factor: bigint): Point => ({ date, value: { text: returnText(factor) } });

export interface ValuedDay {
  readonly date: string;
  readonly value: Exact;
  readonly inflow: Exact;
  readonly outflow: Exact;
}

/** The return since the opening, day by day. `days` may begin before `start`: the last of these is the opening. */
export function growthOf(days: readonly ValuedDay[], start: string | undefined): readonly Point[] {
  const points: Point[] = [];
  let factor = ONE;
  let before = 0n;
  let opening: string | null = null;
  for (const day of days) {
    const value = unitsOf(day.value.text);
    if (start !== undefined && day.date < start) {
      opening = value === 0n ? null : day.date;
    } else {
      if (points.length === 0 && opening !== null) points.push(pointOf(opening, ONE));
      const base = before + unitsOf(day.inflow.text);
      if (base !== 0n) factor = (factor * (value + unitsOf(day.outflow.text))) / base;
      points.push(pointOf(day.date, factor));
    }
    before = value;
  }
  return points;
}

export interface Close {
  readonly date: string;
  readonly close: Exact;
}

export interface Split {
  readonly date: string;
  readonly numerator: number;
  readonly denominator: number;
}

/** The return of a price since its last close before `start`, else since its first one; splits undone. */
export function priceGrowthOf(
  bars: readonly Close[],
  splits: readonly Split[],
  start: string | undefined,
): readonly Point[] {
  const before = start === undefined ? -1 : bars.findLastIndex((bar) => bar.date < start);
  const shown = bars.slice(Math.max(0, before));
  const opening = shown[0];
  if (!opening || unitsOf(opening.close.text) === 0n) return [];
  const base = unitsOf(opening.close.text);
  return shown.map((bar) => {
    let factor = (ONE * unitsOf(bar.close.text)) / base;
    for (const split of splits) {
      if (split.date > opening.date && split.date <= bar.date)
        factor = (factor * BigInt(split.numerator)) / BigInt(split.denominator);
    }
    return pointOf(bar.date, factor);
  });
}

/** The line with the server's own number at its end: today's prices are in that, not in the closes. */
export function withEnd(points: readonly Point[], date: string, value: Exact | undefined): readonly Point[] {
  const last = points.at(-1);
  if (!last || !value || last.date > date) return points;
  return [...(last.date === date ? points.slice(0, -1) : points), { date, value }];
}
