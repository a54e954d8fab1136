// The newest price of an asset that is known, from a stream's row or from REST. Pure.
import type { Position, RestComponents } from "@portfolio-stream/client";
import { factorToPercent } from "../format";
import { difference, percentOf } from "../sum";
import type { Exact } from "../ui/values";

type CurrentPrice = RestComponents["schemas"]["CurrentPrice"];

export interface KnownPrice {
  readonly price: Exact;
  readonly currency: string;
  readonly asOf: string;
  readonly day: string; // of the session that it belongs to
  readonly isStale: boolean;
  readonly change: Exact | undefined; // since the previous close
  readonly changePercent: Exact | undefined;
}

export function priceOfRow(row: Partial<Position> | undefined): KnownPrice | null {
  if (!row?.current_price || row.price_as_of === undefined || row.currency === undefined) return null;
  const change = difference(row.current_price, row.previous_close);
  return {
    price: row.current_price,
    currency: row.currency,
    asOf: row.price_as_of,
    day: row.price_as_of.slice(0, 10),
    isStale: row.stale ?? false,
    change,
    changePercent: percentOf(change, row.previous_close),
  };
}

export function priceOfAnswer(answer: CurrentPrice): KnownPrice {
  const { price, previous_close, currency, as_of, session, stale, change_today } = answer;
  return {
    price,
    currency,
    asOf: as_of,
    day: session,
    isStale: stale,
    change: difference(price, previous_close),
    changePercent: change_today && { text: factorToPercent(change_today.text) },
  };
}

/** The one with the latest time; the first of equals. */
export function newestPrice(prices: Iterable<KnownPrice | null>): KnownPrice | null {
  let newest: KnownPrice | null = null;
  for (const one of prices) if (one && (newest === null || one.asOf > newest.asOf)) newest = one;
  return newest;
}
