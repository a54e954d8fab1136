// Tells when what a portfolio holds has changed, not its prices. Pure but for the timer.
import type { PortfolioDocument, Subscription } from "@portfolio-stream/client";
import { useEffect, useRef } from "preact/hooks";

const SETTLE_MS = 300; // an import, or several of somebody's additions, are one change

export type Held = Map<string, string>;

/** Brings `held` up to date with the document; whether anything of it was another quantity or cost. */
export function takeHoldings(
  held: Held,
  positions: PortfolioDocument["positions"],
  changed: ReadonlySet<string> | null,
): boolean {
  let isOther = false;
  const tickers = changed ?? new Set([...held.keys(), ...Object.keys(positions)]);
  for (const ticker of tickers) {
    const position = Object.hasOwn(positions, ticker) ? positions[ticker] : undefined;
    const now = position ? `${position.quantity.text} ${position.cost_basis.text}` : undefined;
    if (held.get(ticker) === now) continue;
    isOther = true;
    if (now === undefined) held.delete(ticker);
    else held.set(ticker, now);
  }
  return isOther;
}

/** Calls back a moment after holdings changed, whoever changed them. */
export function useHoldingsChange(subscription: Subscription, onChange: () => void): void {
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => {
    const held: Held = new Map();
    if (subscription.document) takeHoldings(held, subscription.document.positions, null);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const off = subscription.on("state", ({ document, changed }) => {
      if (!takeHoldings(held, document.positions, changed)) return;
      clearTimeout(timer);
      timer = setTimeout(() => latest.current(), SETTLE_MS);
    });
    return () => {
      clearTimeout(timer);
      off();
    };
  }, [subscription]);
}
