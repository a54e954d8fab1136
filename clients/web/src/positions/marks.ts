// What a row is marked with when its numbers are not simply live and in the portfolio's currency. Pure.
import type { Position } from "@portfolio-stream/client";
import { formatMoment } from "../format";

export interface Mark {
  readonly text: string; // "": nothing to mark
  readonly about: string;
  readonly isWarning: boolean;
}

const NONE: Mark = { text: "", about: "", isWarning: false };

export function markOf(position: Position, base: string): Mark {
  if (position.current_price === undefined) {
    return { text: "no price", about: "No price is known: not in value and gain", isWarning: true };
  }
  const foreign = position.currency !== undefined && position.currency !== base ? position.currency : null;
  if (foreign !== null && position.current_value_base === undefined) {
    const about = `No rate from ${foreign} to ${base} is known: not in value and gain`;
    return { text: "no rate", about, isWarning: true };
  }
  if (position.stale) {
    const when = position.price_as_of === undefined ? "unknown time" : formatMoment(position.price_as_of);
    return { text: "stale", about: `The last price is of ${when}; not confirmed since`, isWarning: true };
  }
  if (foreign === null) return NONE;
  return { text: foreign, about: `Its price is in ${foreign}, amounts are in ${base}`, isWarning: false };
}
