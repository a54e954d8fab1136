// Owns the application's hold on one portfolio: events, and an async iterator of states. Several
// of the same portfolio share what the server sends. Refuses to queue: who is slow gets the newest.
import { Emitter } from "./emitter.js";
import type { StreamError } from "./errors.js";
import type {
  Change,
  Follower,
  PortfolioState,
  SubscriptionEvents,
  SubscriptionOptions,
  SubscriptionStatus,
  Watcher,
} from "./follower.js";
import type { PortfolioDocument, SelectedDocument } from "./messages.js";

const both = (a: Change, b: Change): Change => (a && b ? new Set([...a, ...b]) : null);

/** Of a subscription with `fields` the document has only those members. */
export class Subscription<D extends SelectedDocument = PortfolioDocument>
  extends Emitter<SubscriptionEvents<D>>
  implements AsyncIterable<PortfolioState<D>>
{
  readonly #follower: Follower;
  #isOver = false;

  constructor(
    follower: Follower,
    public options: SubscriptionOptions,
  ) {
    super();
    this.#follower = follower;
    follower.add(this as Watcher);
  }

  get portfolioId(): string {
    return this.#follower.portfolioId;
  }

  get document(): D | null {
    return this.#follower.document as D | null;
  }

  get cursor(): string | null {
    return this.#follower.cursor;
  }

  get asOf(): string | null {
    return this.#follower.asOf;
  }

  get status(): SubscriptionStatus {
    return this.#isOver ? "ended" : this.#follower.status;
  }

  /** What was refused last; null again with the next state. */
  get error(): StreamError | null {
    return this.#follower.error;
  }

  /** Other options from now on. What is not named stays; undefined takes it back. */
  update(options: Pick<SubscriptionOptions, "maxRate" | "fields">): void {
    this.options = { ...this.options, ...options };
    this.#follower.optionsChanged();
  }

  /** Asks for the whole state: for a person who pulls to refresh. */
  resync(): void {
    this.#follower.requestResync();
  }

  unsubscribe(): void {
    if (this.#isOver) return;
    this.#follower.remove(this as Watcher);
    this.emit("end", null);
  }

  /** Each state from the present one on; what comes while the consumer is busy is taken together. */
  async *[Symbol.asyncIterator](): AsyncGenerator<PortfolioState<D>, void, undefined> {
    const { document, cursor, asOf } = this;
    let waiting: PortfolioState<D> | null =
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
      while (waiting || !this.#isOver) {
        if (waiting) {
          const state: PortfolioState<D> = waiting;
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

  override emit<Name extends keyof SubscriptionEvents>(name: Name, value: SubscriptionEvents<D>[Name]): void {
    if (name === "end") this.#isOver = true;
    super.emit(name, value);
  }
}
