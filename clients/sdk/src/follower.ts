// Owns the client's whole rule for one portfolio: which state is shown, with which cursor, and
// what has to be said to the server next. Knows no socket: frames come in, messages are taken
// out by `nextMessage`. Refuses every delta that does not begin at the shown state's cursor.
import type { Timers } from "./timers.js";
import { Alarm } from "./timers.js";
import { waitMs } from "./backoff.js";
import { StreamError } from "./errors.js";
import type { ExactValue } from "./exact_json.js";
import { isMembers, mergePatch } from "./merge_patch.js";
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
  Subscribed,
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
  /** Has been shown a state. */
  isShown: boolean;
  emit<Name extends keyof SubscriptionEvents>(name: Name, value: SubscriptionEvents<SelectedDocument>[Name]): void;
}

export interface FollowerHost {
  readonly timers: Timers;
  readonly random: () => number;
  nextId(): number;
  /** There may be something to say. */
  wake(follower: Follower): void;
  /** The follower is over: nobody watches, or the server ended it. */
  forget(follower: Follower): void;
  /** The server says that the token is over. */
  tokenExpired(): void;
}

type Asked = { maxRate: number; fields: readonly Field[] | undefined };
/** Nobody's wishes: an update, or another subscription, makes them ours. */
const UNKNOWN: Asked = { maxRate: 0, fields: [] };

/** Of what the patch names, for it may repeat what did not change. */
const changeOf = (before: SelectedDocument, after: SelectedDocument, patch: SelectedDocument): Set<string> => {
  const changed = new Set<string>();
  const compare = (old: object = {}, now: object = {}, names: object = {}): void => {
    for (const name of Object.keys(names) as never[]) if (old[name] !== now[name]) changed.add(name);
  };
  compare(before, after, patch);
  changed.delete("positions");
  compare(before.positions, after.positions, patch.positions);
  return changed;
};

/** As a rate: the server makes its own limit of it. */
const UNLIMITED = 1000;
/** As in HTTP: the token is over, or is none. */
const UNAUTHORIZED = 401;
/** A server that has much to do takes its time; nobody waits for one that has forgotten. */
const ANSWER_WITHIN_MS = 30_000;

export class Follower {
  /** What is shown. Its cursor is "" when the server does not take it. */
  state: PortfolioState<SelectedDocument> | null = null;
  status: SubscriptionStatus = "loading";
  error: StreamError | null = null;

  /** live: all deltas came. gap: a snapshot has to be asked for. asking: one is to come. */
  #phase: "idle" | "subscribing" | "live" | "gap" | "asking" | "ended" = "idle";
  readonly #watchers = new Set<Watcher>();
  #sentFields: readonly Field[] | undefined;
  #shownFields: readonly Field[] | undefined;
  /** Until then nothing is said: an answer is due, or it was refused for now. */
  readonly #hold: Alarm;
  #attempt = 0;
  #asked = UNKNOWN;
  /** Of what was said last, by its type. */
  readonly #ids: { [type in ClientMessage["type"]]?: number } = {};

  readonly #host: FollowerHost;
  declare readonly portfolioId: string;

  constructor(portfolioId: string, host: FollowerHost) {
    this.portfolioId = portfolioId;
    this.#host = host;
    this.#hold = new Alarm(host.timers);
  }

  add(watcher: Watcher): void {
    const { resume, fields } = watcher.options;
    if (resume && !this.state) {
      this.state = { asOf: "", ...resume, changed: null };
      this.#shownFields = fields;
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

  /** The whole state is asked for, once: the application wants it, or a delta is missing. */
  requestResync(): void {
    if (this.#phase !== "live") return;
    this.#phase = "gap";
    this.#host.wake(this);
  }

  /** The connection is gone. */
  lost(): void {
    if (this.#phase === "ended") return;
    this.#phase = "idle";
    this.#hold.clear();
    this.#setStatus("disconnected");
  }

  /** What has to be said now, or null. Asked again until it is null; without a connection it is. */
  nextMessage(isOpen: boolean): ClientMessage | null {
    if (this.#watchers.size === 0) return this.#nextOfUnwatched();
    if (!isOpen || this.#hold.isSet || this.#phase === "ended") return null;
    if (this.#phase === "idle") return this.#nextSubscribe();
    if (this.#phase === "gap") {
      this.#await("asking");
      return this.#say("resync");
    }
    return this.#nextUpdate();
  }

  /** Whether it is the id of what was said last here. */
  hasSaid(id: unknown): boolean {
    return Object.values(this.#ids).includes(id as number);
  }

  handle(frame: PortfolioFrame | ErrorFrame): void {
    if (frame.type === "subscribed") {
      if (this.#phase === "subscribing" && frame.id === this.#ids.subscribe) this.#subscribed(frame);
    } else if (frame.type === "error") {
      this.#refused(frame);
    } else if (this.#isActive) {
      if (frame.type === "updated") this.#sentFields = frame.granted.fields;
      else if (frame.type === "snapshot") this.#snapshot(frame);
      else if (frame.type === "delta") this.#delta(frame);
      else if (frame.type === "unsubscribed" && frame.code !== undefined) {
        this.#end(new StreamError(frame.code, "Subscription ended", 0, false, this.portfolioId));
      }
    }
  }

  /** Whether the watcher is shown the state: once that had all that it wants. */
  shows(watcher: Watcher): boolean {
    const there = this.#shownFields;
    const { fields } = watcher.options;
    return (watcher.isShown ||= !!this.state && (!there || !!fields?.every((field) => there.includes(field))));
  }

  get #isActive(): boolean {
    return ["live", "gap", "asking"].includes(this.#phase);
  }

  /** Whether a delta that comes now is of what has just happened. */
  get isLive(): boolean {
    return !["loading", "disconnected"].includes(this.status);
  }

  heartbeat(cursor: string, state: FeedState): void {
    if (this.#phase !== "live") return;
    if (cursor !== this.state?.cursor) this.requestResync();
    else this.#setStatus(state);
  }

  #nextOfUnwatched(): ClientMessage | null {
    const isKnown = this.#phase === "subscribing" || this.#isActive;
    this.#phase = "ended";
    this.#hold.clear();
    this.#host.forget(this);
    return isKnown ? this.#say("unsubscribe") : null;
  }

  #nextSubscribe(): ClientMessage {
    this.#await("subscribing");
    this.#asked = this.#wishes();
    if (!this.state) this.#setStatus("loading");
    const { maxRate, fields } = this.#asked;
    const max_rate = maxRate < UNLIMITED ? maxRate : undefined;
    return this.#say("subscribe", { max_rate, fields, resume: this.state?.cursor || undefined });
  }

  /** What is undefined is not written. */
  #say(type: ClientMessage["type"], more: object = {}): ClientMessage {
    const id = (this.#ids[type] = this.#host.nextId());
    return { type, id, portfolio_id: this.portfolioId, ...more } as ClientMessage;
  }

  #nextUpdate(): ClientMessage | null {
    const { maxRate, fields } = this.#wishes();
    const isSameRate = Object.is(maxRate, this.#asked.maxRate);
    const areSameFields = fields?.join() === this.#asked.fields?.join();
    if (isSameRate && areSameFields) return null;
    if (!fields && !areSameFields) {
      // An update cannot take a selection back: subscribe anew. The state stays shown meanwhile.
      this.#phase = "idle";
      return this.#say("unsubscribe");
    }
    this.#asked = { maxRate, fields };
    return this.#say("update", {
      max_rate: isSameRate ? undefined : maxRate,
      fields: areSameFields ? undefined : fields,
    });
  }

  /** What all watchers together need: the highest rate, and each field that one of them wants. */
  #wishes(): Asked {
    const all = [...this.#watchers].map(({ options }) => options);
    const fields = all.flatMap((options) => options.fields ?? []);
    return {
      maxRate: Math.max(...all.map(({ maxRate }) => maxRate ?? UNLIMITED)),
      fields: all.every((options) => options.fields) ? [...new Set(fields)].sort() : undefined,
    };
  }

  #subscribed({ recovered, granted }: Subscribed): void {
    this.#sentFields = granted.fields;
    // What follows is a snapshot, or the one delta from our cursor; nothing is asked for until then.
    if (recovered) this.#answered();
    else this.#phase = "asking";
  }

  /** An answer is due. Should it not come, the same is said again. */
  #await(phase: "subscribing" | "asking"): void {
    this.#phase = phase;
    this.#hold.set(ANSWER_WITHIN_MS, () => this.#sayAgain());
  }

  #answered(): void {
    if (this.#phase === "subscribing" || this.#phase === "asking") this.#hold.clear();
    this.#phase = "live";
    this.#host.wake(this);
  }

  #sayAgain(): void {
    if (this.#phase === "subscribing") this.#phase = "idle";
    if (this.#phase === "asking") this.#phase = "gap";
    this.#host.wake(this);
  }

  #snapshot(frame: Snapshot): void {
    if (!isMembers(frame.data)) throw new TypeError();
    this.#answered();
    this.#shownFields = this.#sentFields;
    this.#show(frame.data, frame, null);
  }

  #delta(frame: Delta): void {
    const before = this.state?.document;
    if (!before || frame.base !== this.state?.cursor) {
      this.requestResync();
      return;
    }
    const patch = frame.patch as SelectedDocument;
    if (!isMembers(patch)) throw new TypeError();
    const after = mergePatch(before as unknown as ExactValue, patch as unknown as ExactValue) as unknown;
    this.#show(after as SelectedDocument, frame, changeOf(before, after as SelectedDocument, patch));
  }

  #show(document: SelectedDocument, { cursor, as_of: asOf }: Snapshot | Delta, changed: Change): void {
    const isStale = Object.values(document.positions ?? {}).some((position) => position.stale === true);
    const state = (this.state = { document, cursor, asOf, changed });
    this.#attempt = 0;
    this.error = null;
    this.#setStatus(isStale ? "stale" : "live");
    this.#tell("state", state);
  }

  #setStatus(status: SubscriptionStatus): void {
    if (status === this.status) return;
    this.status = status;
    this.#tell("status", status);
  }

  #tell<Name extends keyof SubscriptionEvents>(name: Name, value: SubscriptionEvents<SelectedDocument>[Name]): void {
    for (const watcher of [...this.#watchers]) {
      const { isShown } = watcher;
      const isMeant = this.shows(watcher) || !this.state || name === "error";
      if (name === "state" && isMeant && !isShown) watcher.emit("status", this.status);
      if (isMeant) watcher.emit(name, value);
    }
  }

  #refused(frame: ErrorFrame): void {
    const { id, code, status } = frame;
    // Not of what was said before: of a subscription that is over, say.
    if (this.#phase === "idle" || (id !== undefined && !this.hasSaid(id))) return;
    const isTokenOver = status === UNAUTHORIZED;
    const error = new StreamError(code, frame.detail, status, frame.retryable || isTokenOver, this.portfolioId);
    if (isTokenOver) this.#host.tokenExpired();
    const isUpdate = id !== undefined && id === this.#ids.update;
    if (code === "already_subscribed") {
      this.#answered();
      this.#asked = UNKNOWN;
    } else if (code === "invalid_field" && this.#phase === "subscribing" && this.state?.cursor) {
      // It may be the cursor, of another version of the server: without it all is sent.
      this.state = { ...this.state, cursor: "" };
      this.#hold.clear();
      this.#sayAgain();
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
    if (frame.code === "not_subscribed") this.#phase = "idle";
    else if (isUpdate) this.#asked = UNKNOWN;
    else this.#sayAgain();
    const delayMs = waitMs(this.#attempt++, this.#host.random, frame.retry_after_ms ?? 0);
    this.#hold.set(delayMs, () => this.#sayAgain());
  }

  #report(error: StreamError): void {
    this.error = error;
    this.#tell("error", error);
  }

  #end(error: StreamError): void {
    this.#phase = "ended";
    this.#hold.clear();
    this.state = null;
    this.#host.forget(this);
    this.#setStatus("ended");
    this.#report(error);
    this.#tell("end", error);
  }
}
