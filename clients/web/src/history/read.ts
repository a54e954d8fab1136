// Asks for a portfolio's value day by day.
import { readPages, ITEMS_MAX } from "../list_pages";
import { askFrom, daysFrom, rangeStart, type Range } from "../charts/ranges";
import { api } from "../server";
import type { PortfolioDay, ValueHistory } from "./value_history";

const PAGES_MAX = 4;
const DAILY_ITEMS = 800; // more days than pixels: weeks then

/** The days of a range; of one that is longer than a screen is wide, the last of each week. */
export async function readHistory(
  portfolioId: string,
  range: Range,
  today: string,
  signal: AbortSignal,
): Promise<{ data: ValueHistory }> {
  const start = rangeStart(range, today);
  const from = askFrom(start);
  const ask = (interval: "day" | "week", most: number) =>
    readPages<PortfolioDay>(
      (cursor) =>
        api.get("/portfolios/{portfolio_id}/history", {
          params: { portfolio_id: portfolioId },
          query: {
            interval,
            limit: interval === "day" ? DAILY_ITEMS : ITEMS_MAX,
            ...(from ? { from } : {}),
            ...(cursor ? { cursor } : {}),
          },
          signal,
        }),
      most,
    );
  const daily = await ask("day", 1);
  if (daily.isWhole) return { data: { days: daysFrom(daily.items, start), isWeekly: false } };
  return { data: { days: daysFrom((await ask("week", PAGES_MAX)).items, start), isWeekly: true } };
}
