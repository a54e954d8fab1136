// Asks for what is known of an asset: bars, corporate actions, the lots that are in it.
import { ITEMS_MAX, readPages } from "../list_pages";
import { askFrom, daysFrom, rangeStart, type Range } from "../charts/ranges";
import { api } from "../server";
import type { Bar, CorporateAction } from "./bars";
import type { Investment } from "./lots";

const BAR_PAGES_MAX = 4; // about sixteen years of closes
const DAILY_ITEMS = 800; // more days than pixels: weeks then
const ACTION_PAGES_MAX = 2;
const LOT_PAGES_MAX = 2;

interface BarQuery {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly interval: "day" | "week";
  readonly limit: number;
}

function askBars(symbol: string, { from, to, ...query }: BarQuery, signal: AbortSignal) {
  return (cursor: string | undefined) =>
    api.get("/assets/{ticker_symbol}/history", {
      params: { ticker_symbol: symbol },
      query: { ...query, ...(from ? { from } : {}), ...(to ? { to } : {}), ...(cursor ? { cursor } : {}) },
      signal,
    });
}

export async function readBars(
  symbol: string,
  from: string | undefined,
  to: string | undefined,
  signal: AbortSignal,
): Promise<readonly Bar[]> {
  const { items } = await readPages<Bar>(
    askBars(symbol, { from, to, interval: "day", limit: ITEMS_MAX }, signal),
    BAR_PAGES_MAX,
  );
  return items;
}

export async function readActions(symbol: string, signal: AbortSignal): Promise<readonly CorporateAction[]> {
  const { items } = await readPages<CorporateAction>(
    (cursor) =>
      api.get("/assets/{ticker_symbol}/corporate-actions", {
        params: { ticker_symbol: symbol },
        query: { limit: ITEMS_MAX, ...(cursor ? { cursor } : {}) },
        signal,
      }),
    ACTION_PAGES_MAX,
  );
  return items;
}

export interface BarHistory {
  readonly bars: readonly Bar[];
  readonly isWeekly: boolean;
}

/** The bars of a range; of one that is longer than a screen is wide, those of weeks. */
export async function readHistoryOf(
  symbol: string,
  range: Range,
  today: string,
  signal: AbortSignal,
): Promise<{ data: BarHistory }> {
  const start = rangeStart(range, today);
  const from = askFrom(start);
  const daily = await readPages<Bar>(askBars(symbol, { from, interval: "day", limit: DAILY_ITEMS }, signal), 1);
  if (daily.isWhole) return { data: { bars: daysFrom(daily.items, start), isWeekly: false } };
  const weekly = await readPages<Bar>(
    askBars(symbol, { from, interval: "week", limit: ITEMS_MAX }, signal),
    BAR_PAGES_MAX,
  );
  return { data: { bars: daysFrom(weekly.items, start), isWeekly: true } };
}

/** The lots that whoever asks may see. */
export async function readLots(
  symbol: string,
  signal: AbortSignal,
): Promise<{ data: { lots: readonly Investment[]; isWhole: boolean } }> {
  const { items, isWhole } = await readPages<Investment>(
    (cursor) =>
      api.get("/investments", {
        query: { ticker_symbol: symbol, limit: ITEMS_MAX, ...(cursor ? { cursor } : {}) },
        signal,
      }),
    LOT_PAGES_MAX,
  );
  return { data: { lots: items, isWhole } };
}
