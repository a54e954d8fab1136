// The order of contributions, and the scale of their bars. Pure.
import type { Decimal } from "@portfolio-stream/client";

interface Contributed {
  readonly ticker_symbol: string;
  readonly gain: Decimal;
  readonly contribution?: Decimal;
}

/** What gave most first, what lost most last. */
export function orderContributions<T extends Contributed>(contributions: readonly T[]): readonly T[] {
  return [...contributions].sort((a, b) => b.gain.compare(a.gain) || (a.ticker_symbol < b.ticker_symbol ? -1 : 1));
}

export function largestShare(contributions: readonly Contributed[]): number {
  return Math.max(0, ...contributions.map(({ contribution }) => Math.abs(contribution?.number ?? 0)));
}
