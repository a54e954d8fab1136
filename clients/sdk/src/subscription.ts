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

interface Reader {
  wake(): void;
  isLeft: boolean;
}

/** Of a subscription with `fields` the document has only those members. */
export class Subscription<D extends SelectedDocument = PortfolioDocument>
  extends Emitter<SubscriptionEvents<D>>
  implements AsyncIterable<PortfolioState<D>>
{
  readonly #follower: Follower;
  #isOver = false;
  /** @internal Its follower's, as is its name in a build. */
  isShown = false;

  declare options: SubscriptionOptions;

  constructor(follower: Follower, options: SubscriptionOptions) {
    super();
    this.options = options;
    this.#follower = follower;
    follower.add(this as Watcher);
  }

  get portfolioId(): string {
    return this.#follower.portfolioId;
  }

  get #state(): PortfolioState<D> | null {
    return this.#follower.shows(this as Watcher) ? (this.#follower.state as PortfolioState<D> | null) : null;
  }

  get document(): D | null {
    return this.#state?.document ?? null;
  }

  get cursor(): string | null {
    return this.#state?.cursor || null;
  }

  get asOf(): string | null {
    return this.#state?.asOf || null;
  }

  get status(): SubscriptionStatus {
    const { state, status } = this.#follower;
    return this.#isOver ? "ended" : state && !this.#state ? "loading" : status;
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
    this.#follower.remove(this as Watcher);
    this.emit("end", null);
  }

  /** Each state from the present one on; what comes while the consumer is busy is taken together. */
  [Symbol.asyncIterator](): AsyncGenerator<PortfolioState<D>, void, undefined> {
    const reader: Reader = { wake: () => {}, isLeft: false };
    const states = this.#states(reader);
    const leave = states.return.bind(states);
    states.return = (value) => {
      // Its turn would come only with the state that a pending next() waits for.
      reader.isLeft = true;
      reader.wake();
      return leave(value);
    };
    return states;
  }

  async *#states(reader: Reader): AsyncGenerator<PortfolioState<D>, void, undefined> {
    const first = this.#state;
    let waiting: PortfolioState<D> | null = first && { ...first, changed: null };
    const stops = [
      this.on("state", (state) => {
        waiting = waiting ? { ...state, changed: both(waiting.changed, state.changed) } : state;
        reader.wake();
      }),
      this.on("end", () => reader.wake()),
    ];
    try {
      while (!reader.isLeft && (waiting || !this.#isOver)) {
        const state: PortfolioState<D> | null = waiting;
        waiting = null;
        if (state) yield state;
        else await new Promise<void>((resolve) => (reader.wake = resolve));
      }
    } finally {
      for (const stop of stops) stop();
    }
  }

  /** @internal */
  override emit<Name extends keyof SubscriptionEvents>(name: Name, value: SubscriptionEvents<D>[Name]): void {
    if (this.#isOver) return;
    this.#isOver = name === "end";
    super.emit(name, value);
  }
}
