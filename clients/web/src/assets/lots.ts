// Who holds an asset: its lots, portfolio by portfolio. Pure.
import type { RestComponents } from "@portfolio-stream/client";
import { sumExact } from "../sum";
import type { Exact } from "../ui/values";

export type Investment = RestComponents["schemas"]["Investment"];

export interface Holder {
  readonly portfolioId: string;
  readonly lotsN: number;
  readonly quantity: Exact | undefined; // of today's shares
}

/** In the order in which the lots come. */
export function holdersOf(lots: readonly Investment[]): readonly Holder[] {
  const byPortfolio = new Map<string, Investment[]>();
  for (const lot of lots) {
    const known = byPortfolio.get(lot.portfolio_id);
    if (known) known.push(lot);
    else byPortfolio.set(lot.portfolio_id, [lot]);
  }
  return [...byPortfolio].map(([portfolioId, own]) => ({
    portfolioId,
    lotsN: own.length,
    quantity: sumExact(own.map((lot) => lot.current_quantity ?? lot.quantity)),
  }));
}
