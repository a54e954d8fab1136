// Owns the client's whole rule for one portfolio: which state is shown, with which cursor, and
// what has to be said to the server next. Knows no socket: frames come in, messages are taken
// out by `next`. Refuses every delta that does not begin at the shown state's cursor.
import type { Timers } from "./timers.js";
import { Alarm } from "./timers.js";
import { waitMs } from "./backoff.js";
import { StreamError } from "./errors.js";
import type { ExactValue } from "./exact_json.js";
import { mergePatch } from "./merge_patch.js";
import type {
  ClientMessage,
  Delta,
  ErrorFrame,
  FeedState,
  Field,
  PortfolioDocument,
  PortfolioFrame,
  SelectedDocument,
  Snapshot,
} from "./messages.js";

/** What a frame changed: tickers, and the other members of the document by name (`totals`, …); null: all. */
export type Change = ReadonlySet<string> | null;

export interface PortfolioState<D extends SelectedDocument = PortfolioDocument> {
  readonly document: D;
  readonly cursor: string;
  readonly asOf: string;
  readonly changed: Change;
}

export type SubscriptionStatus = "loading" | FeedState | "disconnected" | "ended";

export interface SubscriptionOptions {
  /** Deltas per second at most: fewer on metered networks. */
  maxRate?: number | undefined;
  /** Only these members of positions and totals. */
  fields?: readonly Field[] | undefined;
  /** What was kept of an earlier session: it is shown at once, and goes on from there. */
  resume?: { cursor: string; document: SelectedDocument; asOf?: string } | undefined;
}

export interface SubscriptionEvents<D extends SelectedDocument = PortfolioDocument> {
  /** A state that the server had, newer than the one before. */
  state: PortfolioState<D>;
  status: SubscriptionStatus;
  /** Something was refused; what can be tried again is. */
  error: StreamError;
  /** The subscription is over, and why; null: `unsubscribe` was called. */
  end: StreamError | null;
}

/** Who watches: a subscription of the application. */
export interface Watcher {
  readonly options: SubscriptionOptions;
  emit<Name extends keyof SubscriptionEvents>(name: Name, value: SubscriptionEvents<SelectedDocument>[Name]): void;
}

export interface FollowerHost {
  readonly timers: Timers;
  readonly random: () => number;
  /** The server's own max_rate, as the welcome told it. */
  maxRate(): number | undefined;
  nextId(): number;
  /** There may be something to say. */
  wake(follower: Follower): void;
  /** The follower is over: nobody watches, or the server ended it. */
  forget(follower: Follower): void;
  /** The server says that the token is over. */
  tokenExpired(): void;
}

type Asked = { maxRate: number | undefined; fields: readonly Field[] | undefined };

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const sameFields = (a: readonly Field[] | undefined, b: readonly Field[] | undefined): boolean =>
  a?.join() === b?.join();

const changeOf = (before: SelectedDocument, after: SelectedDocument): Set<string> => {
  const changed = new Set<string>();
  const compare = (a: object, b: object): void => {
    const old = a as Record<string, unknown>;
    const now = b as Record<string, unknown>;
    for (const name of Object.keys(now)) if (old[name] !== now[name] && name !== "positions") changed.add(name);
    for (const name of Object.keys(old)) if (!(name in now)) changed.add(name);
  };
  compare(before, after);
  if (before.positions !== after.positions) compare(before.positions ?? {}, after.positions ?? {});
  return changed;
};

export class Follower {
  document: SelectedDocument | null = null;
  cursor: string | null = null;
  asOf: string | null = null;
  status: SubscriptionStatus = "loading";
  error: StreamError | null = null;

  #phase: "idle" | "subscribing" | "active" | "ended" = "idle";
  readonly #watchers = new Set<Watcher>();
  readonly #hold: Alarm;
  #attempt = 0;
  #asked: Asked = { maxRate: undefined, fields: undefined };
  #subscribeId = 0;
  #updateId = 0;
  #resyncId = 0;
  #resync: "no" | "wanted" | "asked" = "no";

  readonly #host: FollowerHost;

  constructor(
    readonly portfolioId: string,
    host: FollowerHost,
  ) {
    this.#host = host;
    this.#hold = new Alarm(host.timers);
  }

  add(watcher: Watcher): void {
    const { resume } = watcher.options;
    if (resume && !this.document) {
      this.document = resume.document;
      this.cursor = resume.cursor;
      this.asOf = resume.asOf ?? null;
      this.#setStatus("disconnected");
    }
    this.#watchers.add(watcher);
    this.#host.wake(this);
  }

  remove(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    this.optionsChanged();
  }

  /** A watcher is gone, or has other options. */
  optionsChanged(): void {
    this.#host.wake(this);
  }

  /** The application asks for the whole state. */
  requestResync(): void {
    if (this.#phase === "active" && this.#resync === "no") this.#wantResync();
  }

  /** The connection is gone. */
  lost(): void {
    if (this.#phase === "ended") return;
    this.#phase = "idle";
    this.#resync = "no";
    this.#hold.clear();
    this.#setStatus("disconnected");
  }

  /** What has to be said now, or null. Asked again until it is null. */
  next(): ClientMessage | null {
    if (this.#watchers.size === 0) return this.#nextOfUnwatched();
    if (this.#hold.isSet || this.#phase === "ended" || this.#phase === "subscribing") return null;
    if (this.#phase === "idle") return this.#nextSubscribe();
    if (this.#resync === "wanted") {
      this.#resync = "asked";
      return this.#say("resync", (this.#resyncId = this.#host.nextId()));
    }
    return this.#nextUpdate();
  }

  /** Without a connection nothing is said; who is not watched any more is forgotten. */
  sweep(): void {
    if (this.#watchers.size === 0) this.#nextOfUnwatched();
  }

  handle(frame: PortfolioFrame | (ErrorFrame & { portfolio_id: string })): void {
    if (frame.type === "subscribed") {
      if (this.#phase === "subscribing" && frame.id === this.#subscribeId) this.#subscribed(frame.recovered);
    } else if (frame.type === "error") {
      this.#refused(frame);
    } else if (this.#phase === "active") {
      if (frame.type === "snapshot") this.#snapshot(frame);
      else if (frame.type === "delta") this.#delta(frame);
      else if (frame.type === "unsubscribed" && frame.code !== undefined) {
        this.#end(new StreamError(frame.code, "The subscription was ended", 0, false, this.portfolioId));
      }
    }
  }

  /** Whether a delta that comes now is of what has just happened. */
  get isLive(): boolean {
    return !["loading", "disconnected"].includes(this.status);
  }

  heartbeat(cursor: string, state: FeedState): void {
    if (this.#phase !== "active" || this.#resync !== "no") return;
    if (cursor !== this.cursor) this.#wantResync();
    else this.#setStatus(state);
  }

  #nextOfUnwatched(): ClientMessage | null {
    const isKnown = this.#phase === "subscribing" || this.#phase === "active";
    this.#phase = "ended";
    this.#hold.clear();
    this.#host.forget(this);
    return isKnown ? this.#say("unsubscribe", this.#host.nextId()) : null;
  }

  #nextSubscribe(): ClientMessage {
    this.#phase = "subscribing";
    this.#asked = this.#wishes();
    this.#subscribeId = this.#host.nextId();
    if (!this.document) this.#setStatus("loading");
    const { maxRate: max_rate, fields } = this.#asked;
    return this.#say("subscribe", this.#subscribeId, { max_rate, fields, resume: this.cursor ?? undefined });
  }

  /** What is undefined is not written. */
  #say(type: ClientMessage["type"], id: number, more: object = {}): ClientMessage {
    return { type, id, portfolio_id: this.portfolioId, ...more } as ClientMessage;
  }

  #nextUpdate(): ClientMessage | null {
    const { maxRate, fields } = this.#wishes();
    const isSameRate = maxRate === this.#asked.maxRate;
    const areSameFields = sameFields(fields, this.#asked.fields);
    if (isSameRate && areSameFields) return null;
    if (!fields && !areSameFields) {
      // An update cannot take a selection back: subscribe anew. The state stays shown meanwhile.
      this.#phase = "idle";
      this.#resync = "no";
      return this.#say("unsubscribe", this.#host.nextId());
    }
    this.#asked = { maxRate, fields };
    this.#updateId = this.#host.nextId();
    return this.#say("update", this.#updateId, {
      max_rate: isSameRate ? undefined : (maxRate ?? this.#host.maxRate() ?? 20),
      fields: areSameFields ? undefined : fields,
    });
  }

  /** What all watchers together need: the highest rate, and each field that one of them wants. */
  #wishes(): Asked {
    let maxRate: number | undefined = 0;
    let fields: Set<Field> | undefined = new Set();
    for (const { options } of this.#watchers) {
      maxRate = options.maxRate === undefined || maxRate === undefined ? undefined : Math.max(maxRate, options.maxRate);
      if (!options.fields) fields = undefined;
      for (const field of options.fields ?? []) fields?.add(field);
    }
    return { maxRate, fields: fields && [...fields].sort() };
  }

  #subscribed(isRecovered: boolean): void {
    this.#phase = "active";
    // What follows is a snapshot, or the one delta from our cursor; nothing is asked for until then.
    this.#resync = isRecovered ? "no" : "asked";
    this.#host.wake(this);
  }

  #snapshot(frame: Snapshot): void {
    if (!isObject(frame.data)) throw new TypeError();
    this.#resync = "no";
    this.#show(frame.data, frame.cursor, frame.as_of, null);
  }

  #delta(frame: Delta): void {
    if (frame.base !== this.cursor || !this.document) {
      if (this.#resync === "no") this.#wantResync();
      return;
    }
    if (!isObject(frame.patch)) throw new TypeError();
    const before = this.document;
    const after = mergePatch(
      before as unknown as ExactValue,
      frame.patch as unknown as ExactValue,
    ) as unknown as SelectedDocument;
    this.#show(after, frame.cursor, frame.as_of, changeOf(before, after));
  }

  #show(document: SelectedDocument, cursor: string, asOf: string, changed: Change): void {
    const isStale = Object.values(document.positions ?? {}).some((position) => position.stale === true);
    this.document = document;
    this.cursor = cursor;
    this.asOf = asOf;
    this.#attempt = 0;
    this.error = null;
    this.#setStatus(isStale ? "stale" : "live");
    this.#tell("state", { document, cursor, asOf, changed });
  }

  #setStatus(status: SubscriptionStatus): void {
    if (status === this.status) return;
    this.status = status;
    this.#tell("status", status);
  }

  #tell<Name extends keyof SubscriptionEvents>(name: Name, value: SubscriptionEvents<SelectedDocument>[Name]): void {
    for (const watcher of [...this.#watchers]) watcher.emit(name, value);
  }

  #wantResync(): void {
    this.#resync = "wanted";
    this.#host.wake(this);
  }

  #refused(frame: ErrorFrame): void {
    const { id = 0, code, status, detail } = frame;
    // Not of what was said before: of a subscription that is over, say.
    if (this.#phase === "idle" || ![0, this.#subscribeId, this.#resyncId, this.#updateId].includes(Number(id))) return;
    const isTokenOver = code === "token_expired" || code === "unauthorized";
    const error = new StreamError(code, detail, status, frame.retryable || isTokenOver, this.portfolioId);
    if (isTokenOver) this.#host.tokenExpired();
    const isUpdate = id !== 0 && id === this.#updateId;
    if (code === "already_subscribed") {
      this.#phase = "active";
      this.#wantResync();
    } else if (error.retryable || code === "not_subscribed") {
      this.#retryLater(frame, isUpdate);
      this.#report(error);
    } else if (isUpdate) {
      this.#report(error);
    } else {
      this.#end(error);
    }
  }

  #retryLater(frame: ErrorFrame, isUpdate: boolean): void {
    if (this.#phase === "subscribing" || frame.code === "not_subscribed") {
      this.#phase = "idle";
      this.#resync = "no";
    } else if (isUpdate) {
      this.#asked = { maxRate: 0, fields: this.#asked.fields };
    } else if (this.#resync === "asked") {
      this.#resync = "wanted";
    }
    const delayMs = waitMs(this.#attempt++, this.#host.random, frame.retry_after_ms ?? 0);
    this.#hold.set(delayMs, () => this.#host.wake(this));
  }

  #report(error: StreamError): void {
    this.error = error;
    this.#tell("error", error);
  }

  #end(error: StreamError): void {
    this.#phase = "ended";
    this.#hold.clear();
    this.document = null;
    this.cursor = null;
    this.asOf = null;
    this.#host.forget(this);
    this.#setStatus("ended");
    this.#report(error);
    this.#tell("end", error);
  }
}
