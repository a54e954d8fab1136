// Owns the connection to one server over time: makes it, says who we are, keeps it, makes it
// again, and carries each portfolio's messages within the server's limits. What is shown of a
// portfolio is its Follower's. Refuses to retry what the server said would only fail again.
import { waitMs } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { StreamError } from "./errors.js";
import { Follower, type FollowerHost, type SubscriptionOptions } from "./follower.js";
import { browserLifecycle, type Lifecycle, type LifecycleSignal } from "./lifecycle.js";
import { Link, LOST, type SocketClass, SUBPROTOCOL } from "./link.js";
import type { ErrorFrame, PortfolioFrame, ServerFrame, Welcome } from "./messages.js";
import { Pace } from "./pace.js";
import { Subscription } from "./subscription.js";
import { Alarm, systemTimers, type Timers } from "./timers.js";
import { streamUrl } from "./url.js";

const UNAUTHORIZED = 4401;
/** Close codes after which the same would happen again. */
const FINAL = new Set([4400, 4403]);
const STABLE_MS = 10_000;
const RENEW_AGAIN_MS = 5_000;

export type ConnectionState =
  | "idle"
  | "connecting"
  | "authenticating"
  | "open"
  | "waiting"
  | "offline"
  | "paused"
  | "closed";

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

/**
 * A token, or who gives one. It is asked for each connection, and when a token is about to end or
 * was refused: then with that token, and has to answer another one (or null: there is none).
 */
export type TokenSource = string | ((previous: string | null) => string | null | Promise<string | null>);

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

export class PortfolioClient extends Emitter<ClientEvents> implements FollowerHost {
  readonly timers: Timers;
  readonly random: () => number;
  private readonly followers = new Map<string, Follower>();
  private readonly outbox = new Set<Follower>();
  private readonly pace: Pace;
  private readonly retry: Alarm;
  private readonly renewal: Alarm;
  private readonly background: Alarm;
  private readonly lifecycle: Lifecycle | null;
  private stopWatching: (() => void) | null = null;

  private link: Link | null = null;
  private info: Omit<ConnectionInfo, "lagMs" | "lastMessageAt">;
  private lastMessageAt: number | null = null;
  private lagMs: number | null = null;
  private clockAhead = Infinity;
  private attempt = 0;
  private openedAt: number | null = null;
  private closing: Extract<ServerFrame, { type: "closing" }> | null = null;
  private token: string | null = null;
  private refused: string | null = null;
  private authId = 0;
  private lastId = 0;
  private isOffline = false;
  private isRenewing = false;
  private isFlushing = false;

  constructor(private readonly options: PortfolioClientOptions) {
    super();
    this.timers = options.timers ?? systemTimers();
    this.random = options.random ?? Math.random;
    this.lifecycle = options.lifecycle === undefined ? browserLifecycle() : options.lifecycle;
    this.pace = new Pace(this.timers);
    this.retry = new Alarm(this.timers);
    this.renewal = new Alarm(this.timers);
    this.background = new Alarm(this.timers);
    this.info = { state: "idle", retryAt: null, closeCode: null, error: null, welcome: null };
  }

  get state(): ConnectionState {
    return this.info.state;
  }

  get connection(): ConnectionInfo {
    return { ...this.info, lagMs: this.lagMs, lastMessageAt: this.lastMessageAt };
  }

  get maxRate(): number {
    return this.info.welcome?.limits.max_rate ?? 20;
  }

  /** Connects, and stays so until `close`. The first `subscribe` does it too. */
  connect(): void {
    if (this.state !== "idle" && this.state !== "closed") return;
    this.attempt = 0;
    this.refused = null;
    this.change({ state: "connecting", error: null, closeCode: null });
    this.stopWatching ??= this.lifecycle?.watch((signal) => this.signalled(signal)) ?? null;
    this.open();
  }

  /** Ends the connection; subscriptions stay, and go on after another `connect`. */
  close(): void {
    this.shut("closed");
    this.stopWatching?.();
    this.stopWatching = null;
    this.isOffline = false;
    this.background.clear();
  }

  subscribe(portfolioId: string, options: SubscriptionOptions = {}): Subscription {
    const id = portfolioId.toLowerCase();
    let follower = this.followers.get(id);
    if (!follower) this.followers.set(id, (follower = new Follower(id, this)));
    const subscription = new Subscription(follower, options);
    if (this.state === "idle") this.connect();
    return subscription;
  }

  nextId(): number {
    return (this.lastId += 1);
  }

  wake(follower: Follower): void {
    this.outbox.add(follower);
    if (this.isFlushing) return;
    this.isFlushing = true;
    queueMicrotask(() => {
      this.isFlushing = false;
      this.flush();
    });
  }

  forget(follower: Follower): void {
    if (this.followers.get(follower.portfolioId) === follower) this.followers.delete(follower.portfolioId);
  }

  tokenExpired(): void {
    this.renewal.set(0, () => void this.renew());
  }

  private change(change: Partial<ConnectionInfo>): void {
    this.info = { ...this.info, retryAt: null, ...change };
    this.emit("connection", this.connection);
  }

  // ---- making and losing connections ----

  private open(): void {
    this.retry.clear();
    if (this.isOffline) return this.change({ state: "offline" });
    const Socket = this.options.WebSocket ?? (globalThis as { WebSocket?: SocketClass }).WebSocket;
    if (!Socket) throw new TypeError("This host has no WebSocket: give one with the option WebSocket");
    this.closing = null;
    this.openedAt = null;
    this.clockAhead = Infinity;
    if (this.state !== "connecting") this.change({ state: "connecting" });
    const protocols = [SUBPROTOCOL, ...(this.options.protocols ?? [])];
    const link: Link = new Link(Socket, streamUrl(this.options.url), protocols, this.timers, {
      frame: (frame) => this.frame(frame),
      gone: (closeCode) => this.gone(closeCode),
    });
    this.link = link;
  }

  /** Leaves the connection, for whatever state follows. */
  private shut(state: ConnectionState, change: Partial<ConnectionInfo> = {}): void {
    this.link?.close();
    this.lost();
    this.retry.clear();
    this.change({ state, ...change });
  }

  private lost(): void {
    this.link = null;
    this.renewal.clear();
    this.pace.stop();
    for (const follower of [...this.followers.values()]) follower.lost();
  }

  private gone(closeCode: number): void {
    const { closing } = this;
    if (this.openedAt !== null && this.timers.now() - this.openedAt >= STABLE_MS) {
      this.attempt = 0;
      this.refused = null;
    }
    this.lost();
    this.change({ state: "waiting", closeCode });
    if (closeCode === UNAUTHORIZED) return void this.unauthorized();
    if (FINAL.has(closeCode) || closing?.reconnect === false) {
      return this.giveUp(new StreamError("connection", `The server closed with ${closeCode}`, closeCode, false));
    }
    this.wait(closeCode);
  }

  private wait(closeCode: number): void {
    if (this.isOffline) return this.change({ state: "offline" });
    const afterMs = this.closing?.after_ms ?? null;
    const windowMs = this.info.welcome?.reconnect_window_ms ?? 0;
    const delayMs = waitMs(this.attempt, this.random, { closeCode, afterMs, windowMs });
    this.attempt += 1;
    this.change({ state: "waiting", retryAt: this.timers.now() + delayMs });
    this.retry.set(delayMs, () => this.open());
  }

  private giveUp(error: StreamError): void {
    this.shut("closed", { error });
    this.emit("error", error);
  }

  // ---- who we are ----

  /** What the token source says; undefined when it failed (which may pass). */
  private async askToken(previous: string | null): Promise<string | null | undefined> {
    const { token } = this.options;
    try {
      return (typeof token === "function" ? await token(previous) : token) ?? null;
    } catch (error) {
      this.problem(new StreamError("unauthorized", `The token source failed: ${String(error)}`, 0, true));
      return undefined;
    }
  }

  private problem(error: StreamError): void {
    this.change({ error, retryAt: this.info.retryAt });
    this.emit("error", error);
  }

  private async authenticate(): Promise<void> {
    const { link } = this;
    this.change({ state: "authenticating" });
    const token = await this.askToken(this.refused);
    if (!link || link !== this.link) return;
    if (token === undefined) return link.drop(LOST);
    if (token === null || token === this.refused) return this.refuse("There is no token that the server takes");
    this.sendToken(token);
  }

  private sendToken(token: string): void {
    this.token = token;
    this.authId = this.nextId();
    this.pace.take();
    this.link?.send({ type: "auth", id: this.authId, token });
  }

  private refuse(detail: string): void {
    this.giveUp(new StreamError("unauthorized", detail, UNAUTHORIZED, false));
  }

  /** The connection ended because the token did: once another one is tried. */
  private async unauthorized(): Promise<void> {
    if (this.refused !== null) return this.refuse("The server refused two tokens");
    this.refused = this.token;
    const token = await this.askToken(this.refused);
    if (this.state !== "waiting" || this.link || this.retry.isSet) return;
    if (token === null || token === this.refused) return this.refuse("The server refused the token");
    this.wait(UNAUTHORIZED);
  }

  private authRefused(frame: ErrorFrame): void {
    if (this.state === "open") {
      this.problem(new StreamError(frame.code, frame.detail, frame.status, frame.retryable));
      this.renewal.set(RENEW_AGAIN_MS, () => void this.renew());
    } else if (frame.retryable) {
      this.link?.drop(LOST);
    } else if (this.refused !== null) {
      this.refuse(frame.detail);
    } else {
      this.refused = this.token;
      void this.authenticate();
    }
  }

  /** In band, while the stream goes on. */
  private async renew(): Promise<void> {
    const { link } = this;
    if (!link || this.isRenewing || this.state !== "open") return;
    this.isRenewing = true;
    const token = await this.askToken(this.token);
    this.isRenewing = false;
    if (link !== this.link) return;
    if (token && token !== this.token) this.sendToken(token);
    else this.renewal.set(RENEW_AGAIN_MS, () => void this.renew());
  }

  // ---- frames ----

  private frame(frame: ServerFrame): void {
    this.lastMessageAt = this.timers.now();
    const at = "server_time" in frame ? frame.server_time : "as_of" in frame ? frame.as_of : undefined;
    if (at !== undefined) this.measureLag(Date.parse(at));
    switch (frame.type) {
      case "welcome":
        return this.welcomed(frame);
      case "authenticated":
        if (this.state === "authenticating") this.opened();
        return;
      case "auth_expiring":
        return void this.renew();
      case "heartbeat":
        for (const [id, { cursor, state }] of Object.entries(frame.subscriptions)) {
          this.followers.get(id)?.heartbeat(cursor, state);
        }
        return this.change({ retryAt: this.info.retryAt });
      case "closing":
        this.closing = frame;
        return;
      case "error":
        return this.errorCame(frame);
      default:
        if ("portfolio_id" in frame) this.followers.get((frame as PortfolioFrame).portfolio_id)?.handle(frame);
    }
  }

  /** Both clocks differ; the least difference seen is taken for what the way costs at best. */
  private measureLag(at: number): void {
    const ahead = this.timers.now() - at;
    if (!Number.isFinite(ahead)) return;
    this.clockAhead = Math.min(this.clockAhead, ahead);
    this.lagMs = ahead - this.clockAhead;
  }

  private welcomed(welcome: Welcome): void {
    const { limits } = welcome;
    this.pace.start(limits.max_subscriptions, limits.messages_per_second, () => this.flush());
    this.link?.welcomed(welcome.heartbeat_ms);
    this.info = { ...this.info, welcome };
    if (welcome.auth_required) void this.authenticate();
    else this.opened();
  }

  private opened(): void {
    this.openedAt = this.timers.now();
    this.change({ state: "open", error: null });
    for (const follower of this.followers.values()) this.wake(follower);
  }

  private errorCame(frame: ErrorFrame): void {
    if (frame.id !== undefined && frame.id === this.authId) return this.authRefused(frame);
    const follower = frame.portfolio_id === undefined ? undefined : this.followers.get(frame.portfolio_id);
    if (follower) follower.handle({ ...frame, portfolio_id: follower.portfolioId });
    else this.problem(new StreamError(frame.code, frame.detail, frame.status, frame.retryable));
  }

  /** Says what is to be said, as fast as the server takes it. */
  private flush(): void {
    for (const follower of this.outbox) {
      if (this.state !== "open") {
        follower.sweep();
        this.outbox.delete(follower);
        continue;
      }
      if (!this.pace.hasRoom()) return;
      const message = follower.next();
      if (!message) {
        this.outbox.delete(follower);
        continue;
      }
      this.pace.take();
      this.link?.send(message);
    }
    if (this.outbox.size > 0) this.flush();
  }

  // ---- the host's word ----

  private signalled(signal: LifecycleSignal): void {
    switch (signal) {
      case "background":
        this.background.set(this.options.backgroundGraceMs ?? 30_000, () => this.pause());
        return;
      case "suspend":
        this.background.clear();
        return this.pause();
      case "foreground":
        this.background.clear();
        return this.again(["paused", "waiting"]);
      case "offline":
        this.isOffline = true;
        if (this.state === "open") this.link?.check();
        else if (this.state !== "paused" && this.state !== "closed") this.shut("offline");
        return;
      case "online":
        this.isOffline = false;
        return this.again(["offline", "waiting"]);
    }
  }

  private pause(): void {
    if (this.state !== "closed" && this.state !== "idle") this.shut("paused");
  }

  /** At once, where an attempt was to come later; else it is asked whether the server is still there. */
  private again(states: ConnectionState[]): void {
    if (states.includes(this.state)) {
      this.attempt = 0;
      this.open();
    } else if (this.state === "open") {
      this.link?.check();
    }
  }
}
