// Owns the connection to one server over time: makes it, says who we are, keeps it, makes it
// again, and carries each portfolio's messages within the server's limits. What is shown of a
// portfolio is its Follower's. Refuses to retry what the server said would only fail again.
import { waitMs } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { StreamError } from "./errors.js";
import { Follower, type FollowerHost, type SubscriptionOptions } from "./follower.js";
import { browserLifecycle, type Lifecycle, type LifecycleSignal } from "./lifecycle.js";
import { Link, type SocketClass, SUBPROTOCOL } from "./link.js";
import type { Closing, ErrorFrame, PortfolioFrame, SelectedDocument, ServerFrame, Welcome } from "./messages.js";
import { type Pace, paceOf } from "./pace.js";
import { Subscription } from "./subscription.js";
import { Alarm, systemTimers, type Timers } from "./timers.js";
import { tokenOf, type TokenSource } from "./token.js";
import { streamUrl } from "./url.js";

const NORMAL = 1000;
const UNAUTHORIZED = 4401;
const PROTOCOL = 4400;
const FORBIDDEN = 4403;
const STABLE_MS = 10_000;
const RENEW_AGAIN_MS = 5_000;
const TOKEN_WITHIN_MS = 15_000;

export type ConnectionState =
  "idle" | "connecting" | "authenticating" | "open" | "waiting" | "offline" | "paused" | "closed";

export interface ConnectionInfo {
  readonly state: ConnectionState;
  /** When the next attempt is, by the client's clock; null unless `waiting`. */
  readonly retryAt: number | null;
  /** How much later than at best what the server says arrives; null before it said anything. */
  readonly lagMs: number | null;
  readonly lastMessageAt: number | null;
  /** Of the last connection that ended. */
  readonly closeCode: number | null;
  /** Why it is closed for good, or what went wrong last. */
  readonly error: StreamError | null;
  readonly welcome: Welcome | null;
}

export interface PortfolioClientOptions {
  /** Base URL of the server, with its path prefix: the stream is `<url>/stream`. */
  url: string | URL;
  token?: TokenSource | undefined;
  /** More subprotocols to offer. */
  protocols?: string[] | undefined;
  /** Where the host has none (Node before 22): the class of the package ws. */
  WebSocket?: SocketClass | undefined;
  random?: (() => number) | undefined;
  timers?: Timers | undefined;
  /** null: none. By default that of the page, where there is one. */
  lifecycle?: Lifecycle | null | undefined;
  /** In the background for longer than this: the connection is closed. Infinity: never. */
  backgroundGraceMs?: number | undefined;
}

export interface ClientEvents {
  connection: ConnectionInfo;
  error: StreamError;
}

export class PortfolioClient extends Emitter<ClientEvents> {
  readonly #timers: Timers;
  readonly #random: () => number;
  readonly #host: FollowerHost;
  readonly #options: PortfolioClientOptions;
  readonly #followers = new Map<string, Follower>();
  readonly #outbox = new Set<Follower>();
  #pace: Pace | null = null;
  readonly #retry: Alarm;
  readonly #renewal: Alarm;
  readonly #background: Alarm;
  readonly #lifecycle: Lifecycle | null;
  #stopWatching: (() => void) | null = null;

  #link: Link | null = null;
  #info: ConnectionInfo = {
    state: "idle",
    retryAt: null,
    lagMs: null,
    lastMessageAt: null,
    closeCode: null,
    error: null,
    welcome: null,
  };
  #clockAhead = Infinity;
  #attempt = 0;
  #openedAt: number | null = null;
  #closing: Closing | null = null;
  #token: string | null = null;
  #refused: string | null = null;
  #authId = 0;
  #lastId = 0;
  #isOffline = false;
  #renewing: Link | null = null;

  constructor(options: PortfolioClientOptions) {
    super();
    this.#options = options;
    this.#timers = options.timers ?? systemTimers();
    this.#random = options.random ?? Math.random;
    this.#host = {
      timers: this.#timers,
      random: this.#random,
      nextId: () => (this.#lastId += 1),
      wake: (follower) => this.#wake(follower),
      forget: (follower) => {
        const { portfolioId } = follower;
        if (this.#followers.get(portfolioId) === follower) this.#followers.delete(portfolioId);
      },
      tokenExpired: () => this.#renewal.set(0, () => void this.#renew()),
    };
    this.#lifecycle = options.lifecycle === undefined ? browserLifecycle() : options.lifecycle;
    this.#retry = new Alarm(this.#timers);
    this.#renewal = new Alarm(this.#timers);
    this.#background = new Alarm(this.#timers);
  }

  get state(): ConnectionState {
    return this.#info.state;
  }

  get connection(): ConnectionInfo {
    return this.#info;
  }

  /** Connects, and stays so until `close`. The first `subscribe` does it too. */
  connect(): void {
    if (this.state !== "idle" && this.state !== "closed") return;
    this.#attempt = 0;
    this.#refused = null;
    this.#stopWatching ??= this.#lifecycle?.watch((signal) => this.#signalled(signal)) ?? null;
    this.#open({ error: null, closeCode: null });
  }

  /** Ends the connection; subscriptions stay, and go on after another `connect`. */
  close(): void {
    this.#stopWatching?.();
    this.#stopWatching = null;
    this.#isOffline = false;
    this.#background.clear();
    this.#shut("closed"); // last: who is told may connect again
  }

  /** Follows a portfolio. The same one may be followed several times: it is sent once. */
  subscribe(portfolioId: string, options?: SubscriptionOptions & { fields?: undefined }): Subscription;
  subscribe(portfolioId: string, options: SubscriptionOptions): Subscription<SelectedDocument>;
  subscribe(portfolioId: string, options: SubscriptionOptions = {}): Subscription<SelectedDocument> {
    const id = portfolioId.toLowerCase();
    let follower = this.#followers.get(id);
    if (!follower) this.#followers.set(id, (follower = new Follower(id, this.#host)));
    const subscription = new Subscription<SelectedDocument>(follower, options);
    if (this.state === "idle") this.connect();
    return subscription;
  }

  #wake(follower: Follower): void {
    if (this.#outbox.size === 0) queueMicrotask(() => this.#flush());
    this.#outbox.add(follower);
  }

  #change(change: Partial<ConnectionInfo>): void {
    this.#info = { ...this.#info, ...change };
    this.emit("connection", this.#info);
  }

  // ---- making and losing connections ----

  #open(change: Partial<ConnectionInfo> = {}): void {
    this.#retry.clear();
    const Socket = this.#options.WebSocket ?? (globalThis as { WebSocket?: SocketClass }).WebSocket;
    if (!Socket) throw new TypeError("No WebSocket: give it as an option");
    this.#closing = null;
    this.#openedAt = null;
    this.#clockAhead = Infinity;
    const protocols = [SUBPROTOCOL, ...(this.#options.protocols ?? [])];
    this.#link = new Link(Socket, streamUrl(this.#options.url), protocols, this.#timers, {
      frame: (frame) => this.#frame(frame),
      gone: (closeCode) => this.#gone(closeCode),
    });
    this.#change({ state: "connecting", retryAt: null, ...change });
  }

  /** Leaves the connection, for whatever state follows. Who is told may close or connect meanwhile. */
  #shut(state: ConnectionState, change: Partial<ConnectionInfo> = {}): void {
    this.#info = { ...this.#info, retryAt: null, state, ...change };
    this.#retry.clear();
    this.#link?.close(NORMAL);
    this.#lost();
    this.emit("connection", this.#info);
  }

  #lost(): void {
    this.#link = null;
    this.#renewal.clear();
    this.#pace?.stop();
    this.#outbox.clear();
    for (const follower of [...this.#followers.values()]) follower.lost();
  }

  #gone(code: number): void {
    const closing = this.#closing;
    // What was said counts also when the close frame did not arrive.
    const closeCode = closing?.code ?? code;
    if (this.#openedAt !== null && this.#timers.now() - this.#openedAt >= STABLE_MS) {
      this.#attempt = 0;
      this.#refused = null;
    }
    this.#info = { ...this.#info, state: "waiting", closeCode };
    this.#lost();
    if (this.state !== "waiting") return; // who was told has closed
    if (closeCode === UNAUTHORIZED) return void this.#unauthorized();
    if ([PROTOCOL, FORBIDDEN].includes(closeCode) || closing?.reconnect === false) {
      return this.#giveUp(new StreamError("connection", `Closed with ${closeCode}`, closeCode, false));
    }
    this.#wait(closeCode);
  }

  #wait(closeCode: number): void {
    if (this.#isOffline) return this.#change({ state: "offline" });
    const { welcome } = this.#info;
    const afterMs = this.#closing?.after_ms ?? null;
    const delayMs = waitMs(this.#attempt++, this.#random, afterMs, closeCode, welcome?.reconnect_window_ms);
    this.#retry.set(delayMs, () => this.#open());
    this.#change({ state: "waiting", retryAt: this.#timers.now() + delayMs });
  }

  #giveUp(error: StreamError): void {
    this.#shut("closed", { error });
    this.emit("error", error);
  }

  // ---- who we are ----

  /** What the token source says; undefined when it failed (which may pass). */
  async #askToken(previous: string | null): Promise<string | null | undefined> {
    const patience = new Alarm(this.#timers);
    try {
      const late = new Promise<never>((_, reject) => patience.set(TOKEN_WITHIN_MS, () => reject("no answer")));
      return await Promise.race([late, tokenOf(this.#options.token, previous)]);
    } catch (error) {
      this.#problem(new StreamError("unauthorized", `The token source failed: ${String(error)}`, 0, true));
      return undefined;
    } finally {
      patience.clear();
    }
  }

  #problem(error: StreamError): void {
    this.#change({ error });
    this.emit("error", error);
  }

  async #authenticate(): Promise<void> {
    const link = this.#link;
    this.#change({ state: "authenticating" });
    const token = await this.#askToken(this.#refused);
    if (!link || link !== this.#link) return;
    if (token === undefined) return link.drop();
    if (token === null || token === this.#refused) return this.#refuse();
    this.#sendToken(token);
  }

  #sendToken(token: string): void {
    this.#token = token;
    this.#authId = this.#lastId += 1;
    this.#pace?.take();
    this.#link?.send({ type: "auth", id: this.#authId, token });
  }

  #refuse(detail = "No other token"): void {
    this.#giveUp(new StreamError("unauthorized", detail, UNAUTHORIZED, false));
  }

  /** The connection ended because the token did: once another one is tried. */
  async #unauthorized(): Promise<void> {
    if (this.#refused !== null) return this.#refuse();
    this.#refused = this.#token;
    const token = await this.#askToken(this.#refused);
    if (this.state !== "waiting" || this.#link || this.#retry.isSet) return;
    if (token === null || token === this.#refused) return this.#refuse();
    this.#wait(UNAUTHORIZED);
  }

  #authRefused(frame: ErrorFrame): void {
    if (this.state === "open") {
      this.#problem(new StreamError(frame.code, frame.detail, frame.status, frame.retryable));
      this.#renewal.set(RENEW_AGAIN_MS, () => void this.#renew());
    } else if (frame.retryable) {
      this.#link?.drop();
    } else if (this.#refused !== null) {
      this.#refuse(frame.detail);
    } else {
      this.#refused = this.#token;
      void this.#authenticate();
    }
  }

  /** In band, while the stream goes on. */
  async #renew(): Promise<void> {
    const link = this.#link;
    if (link === this.#renewing || this.state !== "open") return;
    this.#renewing = link;
    const token = await this.#askToken(this.#token);
    if (link !== this.#link) return;
    this.#renewing = null;
    if (token && token !== this.#token) this.#sendToken(token);
    else this.#renewal.set(RENEW_AGAIN_MS, () => void this.#renew());
  }

  // ---- frames ----

  #frame(frame: ServerFrame): void {
    this.#measure(frame);
    switch (frame.type) {
      case "welcome":
        return this.#welcomed(frame);
      case "authenticated":
        if (this.state === "authenticating") this.#opened();
        return;
      case "auth_expiring":
        return void this.#renew();
      case "heartbeat":
        for (const [id, { cursor, state }] of Object.entries(frame.subscriptions)) {
          this.#followers.get(id)?.heartbeat(cursor, state);
        }
        return this.#change({});
      case "closing":
        this.#closing = frame;
        return;
      case "error":
        return this.#errorCame(frame);
      default:
        this.#followers.get((frame as PortfolioFrame).portfolio_id)?.handle(frame as PortfolioFrame);
    }
  }

  /** Both clocks differ; the least difference seen is taken for what the way costs at best. A first
   * state is of whenever its portfolio last changed, and tells nothing. */
  #measure(frame: { type: string; server_time?: string; portfolio_id?: string; as_of?: string }): void {
    const now = this.#timers.now();
    const isLive = frame.type === "delta" && this.#followers.get(frame.portfolio_id as string)?.isLive;
    const ahead = now - Date.parse((frame.server_time ?? (isLive && frame.as_of)) as string); // NaN for neither
    this.#clockAhead = Math.min(this.#clockAhead, ahead || Infinity);
    const lagMs = Number.isNaN(ahead) ? this.#info.lagMs : ahead - this.#clockAhead;
    this.#info = { ...this.#info, lagMs, lastMessageAt: now };
  }

  #welcomed(welcome: Welcome): void {
    const { limits } = welcome;
    this.#pace?.stop();
    this.#pace = paceOf(this.#timers, limits.max_subscriptions, limits.messages_per_second, () => this.#flush());
    this.#link?.welcomed(welcome.heartbeat_ms);
    this.#info = { ...this.#info, welcome };
    if (welcome.auth_required) void this.#authenticate();
    else this.#opened();
  }

  #opened(): void {
    this.#openedAt = this.#timers.now();
    this.#change({ state: "open", error: null });
    for (const follower of this.#followers.values()) this.#wake(follower);
  }

  #errorCame(frame: ErrorFrame): void {
    const { id, portfolio_id } = frame;
    if (id !== undefined && id === this.#authId) return this.#authRefused(frame);
    // What cannot be read as a message of the protocol names no portfolio, but the message.
    const isOf = (follower: Follower): boolean => follower.portfolioId === portfolio_id || follower.hasSaid(id);
    const follower = [...this.#followers.values()].find(isOf);
    if (follower) follower.handle(frame);
    else this.#problem(new StreamError(frame.code, frame.detail, frame.status, frame.retryable));
  }

  /** Says what is to be said, as fast as the server takes it. Who has said something is asked again. */
  #flush(): void {
    for (const follower of this.#outbox) {
      const isOpen = this.state === "open";
      if (isOpen && !this.#pace?.hasRoom()) return;
      this.#outbox.delete(follower);
      const message = follower.nextMessage(isOpen);
      if (!message) continue;
      this.#pace?.take();
      this.#link?.send(message);
      this.#outbox.add(follower);
    }
  }

  // ---- the host's word ----

  #signalled(signal: LifecycleSignal): void {
    switch (signal) {
      case "background":
        this.#background.set(this.#options.backgroundGraceMs ?? 30_000, () => this.#pause());
        return;
      case "suspend":
        this.#background.clear();
        return this.#pause();
      case "foreground":
        this.#background.clear();
        return this.#again(["paused", "waiting"]);
      case "offline":
        this.#isOffline = true;
        if (this.state === "open") this.#link?.check();
        else if (this.state !== "paused" && this.state !== "closed") this.#shut("offline");
        return;
      case "online":
        this.#isOffline = false;
        return this.#again(["offline", "waiting"]);
    }
  }

  #pause(): void {
    if (this.state !== "closed" && this.state !== "idle") this.#shut("paused");
  }

  /** At once, where an attempt was to come later; else it is asked whether the server is still there. */
  #again(states: ConnectionState[]): void {
    if (states.includes(this.state)) {
      this.#attempt = 0;
      this.#open();
    } else if (this.state === "open") {
      this.#link?.check();
    }
  }
}
