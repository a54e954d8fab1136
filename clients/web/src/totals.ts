// The live totals of several portfolios at once, rendered a few times a second however many there are.
import type { SelectedDocument, Subscription, SubscriptionStatus } from "@portfolio-stream/client";
import { useEffect, useState } from "preact/hooks";
import { client } from "./server";

export interface LiveTotals {
  readonly totals: SelectedDocument["totals"] | null; // null: nothing came yet
  readonly name: string | null;
  readonly currency: string | null;
  readonly status: SubscriptionStatus;
}

const FLUSH_MS = 400;
const RATE = 2;
// No position has members of these names alone: no rows are sent, but for gains, which rows have too.
const FIELDS = [
  "total_value",
  "cost_basis",
  "gain_loss",
  "gain_loss_percent",
  "day_change",
  "day_change_percent",
  "cash_balance",
  "unpriced",
] as const;

type Known = ReadonlyMap<string, LiveTotals>;

const NOBODY: Known = new Map();

export function useLiveTotals(portfolioIds: readonly string[]): Known {
  const [known, setKnown] = useState<Known>(NOBODY);
  const key = portfolioIds.join();
  useEffect(() => {
    const subscriptions = portfolioIds.map((id) => client.subscribe(id, { maxRate: RATE, fields: [...FIELDS] }));
    const stop = follow(subscriptions, setKnown);
    return () => {
      stop();
      for (const subscription of subscriptions) subscription.unsubscribe();
    };
  }, [key]);
  return known;
}

function follow(subscriptions: readonly Subscription<SelectedDocument>[], show: (known: Known) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    show(
      new Map(
        subscriptions.map((subscription) => [
          subscription.portfolioId,
          {
            totals: subscription.document?.totals ?? null,
            name: subscription.document?.portfolio_name ?? null,
            currency: subscription.document?.base_currency ?? null,
            status: subscription.status,
          },
        ]),
      ),
    );
  };
  const soon = (): void => {
    timer ??= setTimeout(flush, FLUSH_MS);
  };
  const offs = subscriptions.flatMap((subscription) => [
    subscription.on("state", soon),
    subscription.on("status", soon),
    subscription.on("end", soon),
  ]);
  flush();
  return () => {
    clearTimeout(timer);
    for (const off of offs) off();
  };
}
