// Owns the application's hold on one portfolio: events, and an async iterator of states. Several
// of the same portfolio share what the server sends. Refuses to queue: who is slow gets the newest.
import { Emitter } from "./emitter.js";
import type { StreamError } from "./errors.js";
import type { Change, Follower, PortfolioState, SubscriptionOptions, SubscriptionStatus, Watcher } from "./follower.js";
import type { PortfolioDocument } from "./messages.js";

export interface SubscriptionEvents {
  /** A state that the server had, newer than the one before. */
  state: PortfolioState;
  status: SubscriptionStatus;
  /** Something was refused; what can be tried again is. */
  error: StreamError;
  /** The subscription is over, and why; null: `unsubscribe` was called. */
  end: StreamError | null;
}

const both = (a: Change, b: Change): Change => (a && b ? new Set([...a, ...b]) : null);

export class Subscription extends Emitter<SubscriptionEvents> implements Watcher, AsyncIterable<PortfolioState> {
  private isOver = false;
  private lastError: StreamError | null = null;

  constructor(
    private readonly follower: Follower,
    public options: SubscriptionOptions,
  ) {
    super();
    follower.add(this);
  }

  get portfolioId(): string {
    return this.follower.portfolioId;
  }

  get document(): PortfolioDocument | null {
    return this.follower.document;
  }

  get cursor(): string | null {
    return this.follower.cursor;
  }

  get asOf(): string | null {
    return this.follower.asOf;
  }

  get status(): SubscriptionStatus {
    return this.isOver ? "ended" : this.follower.status;
  }

  /** What was refused last; null again with the next state. */
  get error(): StreamError | null {
    return this.lastError ?? this.follower.error;
  }

  /** Other options from now on. What is not named stays; undefined takes it back. */
  update(options: Pick<SubscriptionOptions, "maxRate" | "fields">): void {
    this.options = { ...this.options, ...options };
    this.follower.optionsChanged();
  }

  /** Asks for the whole state: for a person who pulls to refresh. */
  resync(): void {
    this.follower.requestResync();
  }

  unsubscribe(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.follower.remove(this);
    this.emit("end", null);
  }

  /** Each state from the present one on; what comes while the consumer is busy is taken together. */
  async *[Symbol.asyncIterator](): AsyncGenerator<PortfolioState, void, undefined> {
    const { document, cursor, asOf } = this.follower;
    let waiting: PortfolioState | null =
      document && cursor !== null ? { document, cursor, asOf: asOf ?? "", changed: null } : null;
    let wake = (): void => {};
    const stops = [
      this.on("state", (state) => {
        waiting = waiting ? { ...state, changed: both(waiting.changed, state.changed) } : state;
        wake();
      }),
      this.on("end", () => wake()),
    ];
    try {
      while (!this.isOver) {
        if (waiting) {
          const state: PortfolioState = waiting;
          waiting = null;
          yield state;
        } else {
          await new Promise<void>((resolve) => (wake = resolve));
        }
      }
    } finally {
      for (const stop of stops) stop();
    }
  }

  stateCame(state: PortfolioState): void {
    this.emit("state", state);
  }

  statusCame(status: SubscriptionStatus): void {
    this.emit("status", status);
  }

  failed(error: StreamError): void {
    this.emit("error", error);
  }

  ended(error: StreamError): void {
    this.isOver = true;
    this.lastError = error;
    this.emit("error", error);
    this.emit("end", error);
  }
}
