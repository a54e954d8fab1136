// Owns the React hook: one portfolio, live. Works with preact/compat too. Imports only types of the
// client, so that nothing of it is there twice.
import { useEffect, useMemo, useSyncExternalStore } from "react";
import type {
  PortfolioClient,
  PortfolioDocument,
  SelectedDocument,
  StreamError,
  Subscription,
  SubscriptionOptions,
  SubscriptionStatus,
} from "./index.js";

/** What a component shows. The same object until something of it changes. */
export interface PortfolioView<D extends SelectedDocument = PortfolioDocument> {
  /** Rows that did not change are the same objects as before: memo works. */
  readonly document: D | null;
  readonly cursor: string | null;
  readonly asOf: string | null;
  readonly status: SubscriptionStatus;
  readonly error: StreamError | null;
}

const NOTHING: PortfolioView<SelectedDocument> = { document: null, cursor: null, asOf: null, status: "loading", error: null };

/** A subscription that lives as long as somebody watches it. */
class Store {
  #subscription: Subscription<SelectedDocument> | null = null;
  #shown = NOTHING;
  #options: SubscriptionOptions;

  readonly #client: PortfolioClient | null;
  readonly #id: string | null;

  constructor(client: PortfolioClient | null, id: string | null, options: SubscriptionOptions) {
    this.#client = client;
    this.#id = id;
    this.#options = options;
  }

  readonly view = (): PortfolioView<SelectedDocument> => this.#shown;

  readonly watch = (changed: () => void): (() => void) => {
    if (!this.#client || !this.#id) return () => {};
    const subscription = this.#client.subscribe(this.#id, this.#options);
    this.#subscription = subscription;
    const take = (): void => {
      const { document, cursor, asOf, status, error } = subscription;
      this.#shown = { document, cursor, asOf, status, error };
      changed();
    };
    for (const name of ["state", "status", "error", "end"] as const) subscription.on(name, take);
    take();
    return () => {
      subscription.off("end", take);
      subscription.unsubscribe();
      this.#subscription = null;
    };
  };

  update(options: SubscriptionOptions): void {
    this.#options = options;
    this.#subscription?.update({ maxRate: options.maxRate, fields: options.fields });
  }
}

/**
 * Follows a portfolio while the component is there. Without a client or an id (not known yet)
 * it shows nothing. Several components may follow the same portfolio: it is sent once.
 */
export function usePortfolio(
  client: PortfolioClient | null,
  id: string | null,
  options?: SubscriptionOptions & { fields?: undefined },
): PortfolioView;
/** With `fields` the document has only those members. */
export function usePortfolio(
  client: PortfolioClient | null,
  id: string | null,
  options: SubscriptionOptions,
): PortfolioView<SelectedDocument>;
export function usePortfolio(
  client: PortfolioClient | null,
  id: string | null,
  options: SubscriptionOptions = {},
): PortfolioView<SelectedDocument> {
  // The options that a subscription begins with; later ones are told to it below.
  const store = useMemo(() => new Store(client, id, options), [client, id]);
  const { maxRate } = options;
  const fields = options.fields?.join();
  useEffect(() => store.update(options), [store, maxRate, fields]);
  return useSyncExternalStore(store.watch, store.view, store.view);
}
