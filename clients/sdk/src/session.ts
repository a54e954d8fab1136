// Owns who is signed in: tokens of POST /auth/login, kept fresh. The access token stays in memory;
// the refresh token, good for one use, is where the application says. Refuses two refreshes at a time.
import { Emitter } from "./emitter.js";
import type { components } from "./generated/rest.js";
import { ApiProblem } from "./problem.js";
import { RestClient } from "./rest.js";
import type { BodyOf } from "./rest_types.js";
import { systemTimers, type Timers } from "./timers.js";

/** A token that ends sooner, or has less than half of its time, is not begun anything with. */
const FRESH_MS = 30_000;

export type User = components["schemas"]["User"];
type Tokens = components["schemas"]["Tokens"];

/** Where the refresh token is kept: null removes it. */
export interface TokenStorage {
  load(): string | null | Promise<string | null>;
  save(token: string | null): void | Promise<void>;
}

/** As much of sessionStorage and localStorage as is needed; hosts without them have no type Storage. */
export interface WebStorageLike {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

/** Of a tab (sessionStorage) or of a browser (localStorage, which all tabs share). */
export const webStorage = (storage: WebStorageLike, name = "portfolio.refresh_token"): TokenStorage => ({
  load: () => storage.getItem(name),
  save: (token) => (token === null ? storage.removeItem(name) : storage.setItem(name, token)),
});

const memoryStorage = (): TokenStorage => {
  let kept: string | null = null;
  return { load: () => kept, save: (token) => void (kept = token) };
};

export interface SessionOptions {
  url: string | URL;
  /** By default in memory: a reload signs out. */
  storage?: TokenStorage | undefined;
  fetch?: typeof fetch | undefined;
  timers?: Timers | undefined;
}

export interface SessionEvents {
  /** Who is signed in now; null: nobody. */
  change: User | null;
}

export class Session extends Emitter<SessionEvents> {
  readonly #api: RestClient;
  readonly #storage: TokenStorage;
  readonly #timers: Timers;
  #access: string | null = null;
  #freshUntil = 0;
  #user: User | null = null;
  #refreshing: Promise<string | null> | null = null;

  constructor({ url, storage, fetch, timers }: SessionOptions) {
    super();
    this.#storage = storage ?? memoryStorage();
    this.#timers = timers ?? systemTimers();
    this.#api = new RestClient({ url, fetch, timers, token: () => this.#access });
  }

  get user(): User | null {
    return this.#user;
  }

  /** The token source of both clients: `token: session.token`. null: nobody is signed in. */
  readonly token = async (previous: string | null = null): Promise<string | null> => {
    const isFresh = this.#access !== null && this.#access !== previous && this.#freshUntil > this.#timers.now();
    return isFresh ? this.#access : this.refresh();
  };

  login(email: string, password: string): Promise<User> {
    return this.#begin("/auth/login", { email, password });
  }

  /** Opens an account, and signs in. */
  register(name: string, email: string, password: string): Promise<User> {
    const body: BodyOf<"post", "/auth/register"> = { name, email, password };
    return this.#begin("/auth/register", body);
  }

  /** A new access token; null when nobody is signed in (any more). Also how a reload goes on. */
  refresh(): Promise<string | null> {
    this.#refreshing ??= this.#alone(() => this.#refresh()).finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  /** Ends the session, on the server too if it can be reached. */
  async logout(everywhere = false): Promise<void> {
    try {
      if ((await this.token()) !== null) await this.#api.post("/auth/logout", { body: { everywhere } });
    } catch {
      // Not reached: the tokens end by themselves.
    }
    await this.#forget();
  }

  /** Both are answered with tokens; what each takes, the callers' types have said. */
  async #begin(path: "/auth/login" | "/auth/register", body: BodyOf<"post", "/auth/login">): Promise<User> {
    const { data } = await this.#api.post(path as "/auth/login", { body });
    await this.#take(data);
    return data.user;
  }

  /** Tabs that share a storage must not use the same refresh token. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const locks = typeof navigator === "undefined" ? undefined : (navigator as { locks?: LockManager }).locks;
    return locks ? (locks.request("portfolio.refresh", work) as Promise<T>) : work();
  }

  async #refresh(): Promise<string | null> {
    const refreshToken = await this.#storage.load();
    if (refreshToken === null) return null;
    try {
      // Nobody may ask with a token that is over.
      this.#access = null;
      const { data } = await this.#api.post("/auth/refresh", { body: { refresh_token: refreshToken } });
      await this.#take(data);
    } catch (error) {
      if (!(error instanceof ApiProblem) || ![401, 422].includes(error.status)) throw error;
      // Whoever has signed in meanwhile stays so.
      if ((await this.#storage.load()) === refreshToken) await this.#forget();
    }
    return this.#access;
  }

  async #take(tokens: Tokens): Promise<void> {
    this.#access = tokens.access_token;
    const lastsMs = tokens.expires_in * 1000;
    this.#freshUntil = this.#timers.now() + Math.max(lastsMs - FRESH_MS, lastsMs / 2);
    await this.#storage.save(tokens.refresh_token);
    this.#is(tokens.user);
  }

  async #forget(): Promise<void> {
    this.#access = null;
    await this.#storage.save(null);
    this.#is(null);
  }

  #is(user: User | null): void {
    if (user?.user_id === this.#user?.user_id) return;
    this.#user = user;
    this.emit("change", user);
  }
}
