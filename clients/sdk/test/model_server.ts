// Owns a server for the property test: a portfolio whose states are all kept by their cursors, and
// connections that lose deltas and answers, repeat them, hold them back and break. Nothing of it is the SDK's.
import type { FakeSocket, Sent } from "./support.js";

type Row = Record<string, string>;
export type State = { totals: Row; positions: Record<string, Row> };
type Patch = { [name: string]: Patch | string | null };

export const PORTFOLIO = "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11";
const TICKERS = ["AAPL", "MSFT", "KO", "GE", "BRK.B", "BTC-USD"];
const DROPS = [1001, 1006, 1006, 1006, 1011, 1012, 1013, 4408, 4410, 4429];

/** A sequence of random numbers that a seed repeats. */
export const randomOf = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

const isObject = (value: unknown): value is Record<string, Patch | string> =>
  typeof value === "object" && value !== null;

/** What makes `after` of `before`; now and then also what would not have to be said. */
const patchOf = (before: object, after: object, isWordy: () => boolean): Patch => {
  const old = before as Record<string, unknown>;
  const patch: Patch = {};
  for (const name of Object.keys(old)) if (!(name in after)) patch[name] = null;
  for (const [name, value] of Object.entries(after)) {
    const was = old[name];
    if (isObject(value) && isObject(was)) {
      const inner = patchOf(was, value, isWordy);
      if (Object.keys(inner).length > 0) patch[name] = inner;
    } else if (was !== value || isWordy()) {
      patch[name] = value as string;
    }
  }
  return patch;
};

/** Numbers are kept as their texts, with a mark; here they become numbers. */
const written = (value: unknown): string => JSON.stringify(value).replace(/"#([^"]*)"/g, "$1");

class Connection {
  readonly waiting: string[] = [];
  read = 0;
  cursor: string | null = null;

  constructor(readonly socket: FakeSocket) {}
}

export class ModelServer {
  /** Each state that there was, as its text, with its place in time. */
  readonly history = new Map<string, { text: string; at: number }>();
  isNoisy = true;
  private epoch = 1;
  private seq = 1;
  private version = 1;
  private state: State = { totals: { total_value: "#0" }, positions: {} };
  private readonly states = new Map<string, State>();
  private connections: Connection[] = [];

  constructor(private readonly random: () => number) {
    this.remember();
  }

  get cursor(): string {
    return `${String(this.epoch).padStart(16, "0")}-${this.seq}-${this.version}`;
  }

  textOf(state: State): string {
    const head = { portfolio_id: PORTFOLIO, portfolio_name: "Growth", base_currency: "USD" };
    return written({ ...head, ...state });
  }

  accept(socket: FakeSocket): void {
    socket.accept();
    const connection = new Connection(socket);
    this.connections.push(connection);
    const limits = { max_message_bytes: 16384, max_subscriptions: 1000, max_rate: 20, messages_per_second: 50 };
    connection.waiting.push(
      JSON.stringify({
        type: "welcome",
        server_time: "2026-03-02T14:30:00.000Z",
        heartbeat_ms: 15000,
        reconnect_window_ms: 5000,
        auth_required: false,
        limits,
        help: "x",
      }),
    );
  }

  /** Prices move, and sometimes holdings. */
  change(): void {
    const positions = { ...this.state.positions };
    const ticker = this.pick(TICKERS);
    const price = `#${Math.floor(this.random() * 1e9)}.${1 + Math.floor(this.random() * 8)}`;
    if (this.random() < 0.2) {
      if (positions[ticker]) delete positions[ticker];
      else positions[ticker] = { quantity: `#${1 + Math.floor(this.random() * 9)}` };
      this.version += 1;
    } else if (positions[ticker]) {
      positions[ticker] = { ...positions[ticker], current_price: price };
      this.seq += 1;
    } else {
      this.seq += 1;
    }
    this.state = { totals: { total_value: price }, positions };
    this.remember();
  }

  /** The bus begins anew: everybody is sent the whole state. */
  beginEpoch(): void {
    this.epoch += 1;
    this.seq = 1;
    this.remember();
    for (const connection of this.connections) if (connection.cursor) this.snapshot(connection, undefined);
  }

  /** The very last delta is lost: only a heartbeat can tell. */
  loseLast(): void {
    this.change();
    for (const connection of this.connections) if (connection.cursor) connection.cursor = this.cursor;
  }

  /** A delta to the present state, from what was sent last. */
  flush(): void {
    for (const connection of this.connections) {
      if (connection.cursor && connection.cursor !== this.cursor) this.delta(connection, connection.cursor);
    }
  }

  heartbeat(): void {
    for (const { waiting, cursor } of this.connections) {
      const subscriptions = cursor ? { [PORTFOLIO]: { cursor, state: "quiet" } } : {};
      waiting.push(JSON.stringify({ type: "heartbeat", server_time: "2026-03-02T14:30:15.000Z", subscriptions }));
    }
  }

  /** Hears what the clients said, and answers. */
  hear(): void {
    this.connections = this.connections.filter(
      ({ socket }) => socket.closedWith === undefined && socket.readyState === 1,
    );
    for (const connection of this.connections) {
      const said = connection.socket.sent.slice(connection.read);
      connection.read += said.length;
      for (const message of said) this.answer(connection, message);
    }
  }

  /** Delivers the next frame of some connection; false when none is under way. */
  deliver(): boolean {
    const connection = this.connections.find(({ waiting }) => waiting.length > 0);
    const text = connection?.waiting.shift();
    if (text === undefined) return false;
    connection?.socket.receive(text);
    return true;
  }

  /** The connections break; what was under way is lost. */
  drop(): void {
    for (const { socket } of this.connections) socket.end(this.pick(DROPS));
    this.connections = [];
  }

  private pick<T>(values: T[]): T {
    return values[Math.floor(this.random() * values.length)] as T;
  }

  /** Of a server that forgets an answer now and then: none does, but a client must not wait for ever. */
  private isLost(): boolean {
    return this.isNoisy && this.random() < 0.05;
  }

  private remember(): void {
    this.states.set(this.cursor, this.state);
    this.history.set(this.cursor, { text: this.textOf(this.state), at: this.history.size });
  }

  private answer(connection: Connection, { type, id, resume }: Sent): void {
    if (type === "resync") this.snapshot(connection, id);
    if (type === "ping") connection.waiting.push('{"type":"pong","server_time":"2026-03-02T14:30:15.000Z"}');
    if (type !== "subscribe" || this.isLost()) return;
    const from = typeof resume === "string" ? resume : null;
    const isSameEpoch = from !== null && from.split("-")[0] === this.cursor.split("-")[0];
    const isRecovered = isSameEpoch && this.random() < 0.8;
    connection.waiting.push(
      JSON.stringify({
        type: "subscribed",
        id,
        portfolio_id: PORTFOLIO,
        granted: { max_rate: 20 },
        recovered: isRecovered,
      }),
    );
    if (isRecovered && from !== null) this.delta(connection, from, false);
    else this.snapshot(connection, undefined);
  }

  private snapshot(connection: Connection, id: unknown): void {
    connection.cursor = this.cursor;
    if (this.isLost()) return;
    const answered = id === undefined ? "" : `"id":${JSON.stringify(id)},`;
    connection.waiting.push(
      `{"type":"snapshot",${answered}"portfolio_id":"${PORTFOLIO}","cursor":"${this.cursor}","as_of":"2026-03-02T14:30:00.000Z","data":${this.textOf(this.state)}}`,
    );
  }

  private delta(connection: Connection, base: string, canBeLost = true): void {
    const patch = patchOf(this.states.get(base) ?? {}, this.state, () => this.random() < 0.1);
    const text = `{"type":"delta","portfolio_id":"${PORTFOLIO}","base":"${base}","cursor":"${this.cursor}","as_of":"2026-03-02T14:30:00.000Z","patch":${written(patch)}}`;
    connection.cursor = this.cursor;
    const chance = this.isNoisy ? this.random() : 1;
    if (chance < 0.1 && canBeLost) return;
    connection.waiting.push(text);
    if (chance > 0.1 && chance < 0.2) connection.waiting.push(text);
  }
}
