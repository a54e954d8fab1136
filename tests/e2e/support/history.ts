// Bars, splits and dividends of a stack's past: days back from today, and closes that walk to where they shall end.
import type { Stack } from "./stack";

const DAY_MS = 86_400_000;

export function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
}

/** Closes by their days, or lines as tests/support/history_writer.c reads them. */
export async function writeCloses(
  stack: Stack,
  symbol: string,
  closes: Readonly<Record<string, number | string>>,
): Promise<void> {
  await writeHistory(
    stack,
    [symbol],
    Object.entries(closes).map(([date, close]) => `BAR ${symbol} ${date} - - - ${close} -`),
  );
}

export async function writeHistory(stack: Stack, symbols: readonly string[], lines: readonly string[]): Promise<void> {
  await stack.ask("history", { symbols, lines });
}

/** Bars of the weekdays up to yesterday, whose closes go up and down and end at `end`: always the same ones. */
export function walk(symbol: string, days: number, end: number): string[] {
  const seed = [...symbol].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const lines: string[] = [];
  for (let ago = 1; ago <= days; ago++) {
    const date = daysAgo(ago);
    if ([0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay())) continue;
    const wave =
      Math.sin((ago + seed) / 17) * 0.06 + Math.sin((ago * 7 + seed) / 5) * 0.015 + Math.sin((ago * seed) / 3) * 0.008;
    const start = Math.sin(seed / 17) * 0.06 + Math.sin(seed / 5) * 0.015;
    const close = Math.max(0.01, end * (1 + wave - start) * (1 - 0.3 * (ago / 700)));
    const prices = [0.996, 1.01, 0.99, 1].map((factor) => (close * factor).toFixed(2));
    lines.push(`BAR ${symbol} ${date} ${prices.join(" ")} ${1000 * (seed + ago)}`);
  }
  return lines;
}
