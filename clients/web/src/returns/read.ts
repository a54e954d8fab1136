// Asks for a portfolio's returns and risk, and for what their chart draws.
import type { RestComponents } from "@portfolio-stream/client";
import { readActions, readBars } from "../assets/read";
import { splitsOf } from "../assets/bars";
import { ITEMS_MAX, readPages } from "../list_pages";
import type { ChartLine } from "../charts/points";
import { askFrom } from "../charts/ranges";
import type { PortfolioDay } from "../history/value_history";
import { api } from "../server";
import type { AskedReturns } from "./asked";
import { growthOf, priceGrowthOf, withEnd } from "./index_line";

export type Returns = RestComponents["schemas"]["PortfolioReturns"];
export type Risk = RestComponents["schemas"]["PortfolioRisk"];

export interface Report {
  readonly returns: Returns;
  readonly risk: Risk;
}

export async function readReport(
  portfolioId: string,
  { start, end, benchmark }: AskedReturns,
  signal: AbortSignal,
): Promise<{ data: Report }> {
  const params = { portfolio_id: portfolioId };
  const days = { ...(start ? { start_date: start } : {}), ...(end ? { end_date: end } : {}) };
  const [returns, risk] = await Promise.all([
    api.get("/portfolios/{portfolio_id}/returns", {
      params,
      query: { ...days, ...(benchmark ? { benchmark } : {}) },
      signal,
    }),
    api.get("/portfolios/{portfolio_id}/risk", { params, query: days, signal }),
  ]);
  return { data: { returns: returns.data, risk: risk.data } };
}

export interface Growth {
  readonly lines: readonly ChartLine[];
  readonly estimatedN: number; // days with something at the price last paid
  readonly missingN: number;
  readonly note: string; // why a line is not there
}

const DAY_PAGES_MAX = 4;

export async function readGrowth(returns: Returns, signal: AbortSignal): Promise<{ data: Growth }> {
  const { portfolio_id, start_date, end_date, benchmark } = returns;
  const from = askFrom(start_date) ?? start_date;
  const asksDays = readPages<PortfolioDay>(
    (cursor) =>
      api.get("/portfolios/{portfolio_id}/history", {
        params: { portfolio_id },
        query: { from, to: end_date, limit: ITEMS_MAX, ...(cursor ? { cursor } : {}) },
        signal,
      }),
    DAY_PAGES_MAX,
  );
  const [days, compared] = await Promise.all([asksDays, readBenchmark(returns, from, signal)]);
  const own = days.isWhole ? growthOf(days.items, start_date) : [];
  const within = days.items.filter((day) => day.date >= start_date);
  const lines: ChartLine[] = own.length === 0 ? [] : [{ name: "Portfolio", kind: "area", points: own }];
  if (compared.line && lines.length > 0 && benchmark) lines.push(compared.line);
  return {
    data: {
      lines,
      estimatedN: within.filter((day) => day.estimated > 0).length,
      missingN: within.filter((day) => day.missing > 0).length,
      note: days.isWhole ? compared.note : "The range is too long to be drawn day by day.",
    },
  };
}

/** With the server's newest numbers at the ends of the lines, so that they say what stands above the chart. */
export function endedLines(lines: readonly ChartLine[], { end_date, twr, benchmark }: Returns): readonly ChartLine[] {
  const ends = [twr, benchmark?.price_return];
  return lines.map((line, index) => ({ ...line, points: withEnd(line.points, end_date, ends[index]) }));
}

/** The benchmark's line; only in the portfolio's currency, since its rates of each day are the server's. */
async function readBenchmark(
  returns: Returns,
  from: string,
  signal: AbortSignal,
): Promise<{ line: ChartLine | null; note: string }> {
  const { benchmark, base_currency, start_date, end_date } = returns;
  if (!benchmark?.price_return) return { line: null, note: "" };
  const symbol = benchmark.ticker_symbol;
  const { data: asset } = await api.get("/assets/{ticker_symbol}", { params: { ticker_symbol: symbol }, signal });
  if (asset.currency !== base_currency)
    return {
      line: null,
      note: `${symbol} is in ${asset.currency ?? "another currency"} and not drawn; its return is in ${base_currency}.`,
    };
  const [bars, actions] = await Promise.all([readBars(symbol, from, end_date, signal), readActions(symbol, signal)]);
  const points = priceGrowthOf(bars, splitsOf(actions), start_date);
  return points.length === 0 ? { line: null, note: "" } : { line: { name: symbol, kind: "line", points }, note: "" };
}
