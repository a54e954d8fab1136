// Live states for components: at most one rendering a frame, and the last state stays while the connection is away.
import type { PortfolioDocument, StreamError, Subscription, SubscriptionStatus } from "@portfolio-stream/client";
import { useEffect, useState } from "preact/hooks";
import { client } from "./server";

/** What a portfolio's page shows of its subscription. */
export interface Live {
  readonly document: PortfolioDocument | null;
  readonly status: SubscriptionStatus;
  readonly asOf: string | null;
  readonly error: StreamError | null; // why there is nothing, or nothing any more
}

/** Subscribes for as long as the component is there; maxRate counts at the first rendering. */
export function useSubscription(portfolioId: string, maxRate?: number): Subscription | null {
  const [subscription, setSubscription] = useState<Subscription | null>(null);
  useEffect(() => {
    const made = client.subscribe(portfolioId, { maxRate });
    setSubscription(made);
    return () => made.unsubscribe();
  }, [portfolioId]);
  return subscription;
}

const NONE: Live = { document: null, status: "loading", asOf: null, error: null };

/** The subscription's state, followed: renders at most once a frame. */
export function useLive(subscription: Subscription | null): Live {
  const [live, setLive] = useState<Live>(NONE);
  useEffect(() => (subscription ? followLive(subscription, setLive) : undefined), [subscription]);
  return live;
}

/** Calls back at most once a frame, and at once with what is there. */
export function followLive(subscription: Subscription, show: (live: Live) => void): () => void {
  let frame = 0;
  const showNow = (): void => {
    frame = 0;
    const { document, status, asOf, error } = subscription;
    show({ document, status, asOf, error });
  };
  const showSoon = (): void => {
    if (frame === 0) frame = requestAnimationFrame(showNow);
  };
  const offs = [
    subscription.on("state", showSoon),
    subscription.on("status", showSoon),
    subscription.on("error", showSoon),
    subscription.on("end", showSoon),
  ];
  showNow();
  return () => {
    cancelAnimationFrame(frame);
    for (const off of offs) off();
  };
}
