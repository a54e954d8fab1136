// Asks for an asset's bars and corporate actions.
import { ITEMS_MAX, readPages } from "../charts/pages_of";
import { api } from "../server";
import type { Bar, CorporateAction } from "./bars";

const BAR_PAGES_MAX = 4; // about sixteen years of closes
const ACTION_PAGES_MAX = 2;

export async function readBars(symbol: string, from: string | undefined, to: string | undefined, interval: "day" | "week", signal: AbortSignal): Promise<readonly Bar[]> {
  const { items } = await readPages<Bar>((cursor) => api.get("/assets/{ticker_symbol}/history", {
    params: { ticker_symbol: symbol },
    query: { interval, limit: ITEMS_MAX, ...(from ? { from } : {}), ...(to ? { to } : {}), ...(cursor ? { cursor } : {}) },
    signal,
  }), BAR_PAGES_MAX);
  return items;
}

export async function readActions(symbol: string, signal: AbortSignal): Promise<readonly CorporateAction[]> {
  const { items } = await readPages<CorporateAction>((cursor) => api.get("/assets/{ticker_symbol}/corporate-actions", {
    params: { ticker_symbol: symbol },
    query: { limit: ITEMS_MAX, ...(cursor ? { cursor } : {}) },
    signal,
  }), ACTION_PAGES_MAX);
  return items;
}
