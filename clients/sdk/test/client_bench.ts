// Owns a client on a bench: its server, its clock and its host are the test's.
import assert from "node:assert/strict";
import { type Lifecycle, type LifecycleSignal, PortfolioClient, type PortfolioClientOptions } from "../src/index.js";
import { FakeClock, type FakeSocket, type Sent, settled, socketFactory } from "./support.js";

export const P = "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11";
export const CURSOR = "5d0c0ffee0ddba11-1-1";
export const WELCOME = {
  type: "welcome",
  server_time: "2026-03-02T14:30:00.000Z",
  heartbeat_ms: 15000,
  reconnect_window_ms: 5000,
  auth_required: false,
  limits: { max_message_bytes: 16384, max_subscriptions: 1000, max_rate: 20, messages_per_second: 50 },
  help: "x",
};
export const state = (value: string, id = P): string =>
  `{"portfolio_id":"${id}","portfolio_name":"Growth","base_currency":"USD","totals":{"total_value":${value}},"positions":{"A":{"current_price":${value}},"B":{"current_price":1}}}`;

export class FakeLifecycle implements Lifecycle {
  tell: (signal: LifecycleSignal) => void = () => {};
  watched = 0;
  constructor(private readonly first: LifecycleSignal[] = []) {}

  watch(tell: (signal: LifecycleSignal) => void): () => void {
    this.tell = tell;
    this.watched += 1;
    for (const signal of this.first) tell(signal);
    return () => (this.watched -= 1);
  }
}

export class Bench {
  readonly clock = new FakeClock();
  readonly factory = socketFactory();
  readonly client: PortfolioClient;

  constructor(options: Partial<PortfolioClientOptions> = {}) {
    const { WebSocket } = this.factory;
    this.client = new PortfolioClient({
      url: "https://host/app/",
      WebSocket,
      timers: this.clock,
      random: () => 0.5,
      lifecycle: null,
      ...options,
    });
  }

  get socket(): FakeSocket {
    const socket = this.factory.sockets.at(-1);
    assert.ok(socket, "there is no connection");
    return socket;
  }

  get opened(): number {
    return this.factory.sockets.length;
  }

  async welcome(change: object = {}): Promise<void> {
    await settled();
    this.socket.accept();
    await this.receive({ ...WELCOME, ...change });
  }

  async receive(...frames: (object | string)[]): Promise<void> {
    for (const frame of frames) this.socket.receive(typeof frame === "string" ? frame : JSON.stringify(frame));
    await settled();
  }

  said(type: string): Sent[] {
    return this.socket.sent.filter((message) => message.type === type);
  }

  /** The message of this type that was said last. */
  last(type: string): Sent {
    const message = this.said(type).at(-1);
    assert.ok(message, `nothing of type ${type} was said`);
    return message;
  }

  /** Answers the last subscribe with a snapshot. */
  async answer(value = "10", cursor = CURSOR, id = P): Promise<void> {
    const asked = this.said("subscribe")
      .filter((message) => message["portfolio_id"] === id)
      .at(-1);
    assert.ok(asked, "nothing was subscribed");
    await this.receive(
      { type: "subscribed", id: asked["id"], portfolio_id: id, granted: { max_rate: 20 }, recovered: false },
      `{"type":"snapshot","portfolio_id":"${id}","cursor":"${cursor}","as_of":"2026-03-02T14:30:00.000Z","data":${state(value, id)}}`,
    );
  }

  async delta(value: string, seq: number): Promise<void> {
    const head = CURSOR.split("-")[0];
    await this.receive(
      `{"type":"delta","portfolio_id":"${P}","base":"${head}-${seq - 1}-1","cursor":"${head}-${seq}-1","as_of":"2026-03-02T14:30:01.000Z","patch":{"totals":{"total_value":${value}},"positions":{"A":{"current_price":${value}}}}}`,
    );
  }
}

/** A client that shows the portfolio. */
export const live = async (options: Partial<PortfolioClientOptions> = {}) => {
  const bench = new Bench(options);
  const subscription = bench.client.subscribe(P);
  await bench.welcome();
  await bench.answer();
  assert.equal(subscription.status, "live");
  return { bench, subscription };
};
