// An asset's bars as a chart has them: what was paid on the day is told, what is drawn has its splits undone. Pure.
import type { RestComponents } from "@portfolio-stream/client";
import type { ChartLine, Point } from "../charts/points";
import type { Split } from "../returns/index_line";

export type Bar = RestComponents["schemas"]["Bar"];
export type CorporateAction = RestComponents["schemas"]["CorporateAction"];

export function splitsOf(actions: readonly CorporateAction[]): readonly Split[] {
  return actions.flatMap(({ date, type, numerator, denominator }) =>
    type === "SPLIT" && numerator !== undefined && denominator !== undefined ? [{ date, numerator, denominator }] : [],
  );
}

/** What a price of a day has to be divided by, to be one of today's shares. */
export function splitFactorSince(date: string, splits: readonly Split[]): number {
  return splits.reduce(
    (factor, split) => (split.date > date ? (factor * split.numerator) / split.denominator : factor),
    1,
  );
}

export function closesLine(bars: readonly Bar[], splits: readonly Split[]): ChartLine {
  const points = bars.map(({ date, close }): Point => {
    const factor = splitFactorSince(date, splits);
    return factor === 1 ? { date, value: close } : { date, value: close, drawn: close.number / factor };
  });
  return { name: "Close", kind: "area", points };
}

/** "2 for 1", "0.25", … of an action, without its currency. */
export function tellAction(action: CorporateAction): {
  readonly name: string;
  readonly what: string;
  readonly amount: { readonly text: string } | null;
} {
  switch (action.type) {
    case "SPLIT":
      return { name: "Split", what: `${action.numerator ?? "?"} for ${action.denominator ?? "?"}`, amount: null };
    case "DIVIDEND":
      return { name: "Dividend", what: "a share", amount: action.amount ?? null };
    case "SPINOFF":
      return {
        name: "Spin-off",
        what: action.price_factor ? `prices before it × ${action.price_factor.text}` : "",
        amount: null,
      };
  }
}
