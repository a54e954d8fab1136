// The client over time, beyond what the transcripts of protocol/conformance show: hosts that go to
// sleep or offline, several watchers of one portfolio, the pace of messages, tokens that do not come.
import assert from "node:assert/strict";
import test from "node:test";
import { appStateLifecycle, type Lifecycle, type LifecycleSignal, PortfolioClient, type PortfolioClientOptions } from "../src/index.js";
import { FakeClock, type FakeSocket, type Sent, settled, socketFactory } from "./support.js";

const P = "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11";
const CURSOR = "5d0c0ffee0ddba11-1-1";
const WELCOME = {
  type: "welcome",
  server_time: "2026-03-02T14:30:00.000Z",
  heartbeat_ms: 15000,
  reconnect_window_ms: 5000,
  auth_required: false,
  limits: { max_message_bytes: 16384, max_subscriptions: 1000, max_rate: 20, messages_per_second: 50 },
  help: "x",
};
const state = (value: string, id = P): string =>
  `{"portfolio_id":"${id}","portfolio_name":"Growth","base_currency":"USD","totals":{"total_value":${value}},"positions":{"A":{"current_price":${value}},"B":{"current_price":1}}}`;

class FakeLifecycle implements Lifecycle {
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

class Bench {
  readonly clock = new FakeClock();
  readonly factory = socketFactory();
  readonly client: PortfolioClient;

  constructor(options: Partial<PortfolioClientOptions> = {}) {
    const { WebSocket } = this.factory;
    this.client = new PortfolioClient({ url: "https://host/app/", WebSocket, timers: this.clock, random: () => 0.5, lifecycle: null, ...options });
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

  /** Answers the last subscribe with a snapshot. */
  async answer(value = "10", cursor = CURSOR, id = P): Promise<void> {
    const asked = this.said("subscribe").filter((message) => message["portfolio_id"] === id).at(-1);
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
const live = async (options: Partial<PortfolioClientOptions> = {}) => {
  const bench = new Bench(options);
  const subscription = bench.client.subscribe(P);
  await bench.welcome();
  await bench.answer();
  assert.equal(subscription.status, "live");
  return { bench, subscription };
};

test("the stream is below the base URL, and offers the subprotocol", async () => {
  const cases = { "https://host/app/": "wss://host/app/stream", "http://host:8080": "ws://host:8080/stream", "https://host/a/b?x=1#y": "wss://host/a/b/stream" };
  for (const [url, stream] of Object.entries(cases)) {
    const { client, factory } = new Bench({ url, protocols: ["extra"] });
    client.connect();
    assert.equal(factory.sockets[0]?.url, stream);
    assert.deepEqual(factory.sockets[0]?.protocols, ["portfolio.v1.json", "extra"]);
  }
});

test("a host without a WebSocket is told so", () => {
  const had = Object.getOwnPropertyDescriptor(globalThis, "WebSocket");
  Reflect.deleteProperty(globalThis, "WebSocket");
  try {
    assert.throws(() => new Bench({ WebSocket: undefined }).client.connect(), /WebSocket/);
  } finally {
    if (had) Object.defineProperty(globalThis, "WebSocket", had);
  }
});

test("a short time in the background changes nothing, a long one ends the connection until it is seen again", async () => {
  const lifecycle = new FakeLifecycle();
  const { bench, subscription } = await live({ lifecycle });
  lifecycle.tell("background");
  await bench.clock.advance(29_000);
  lifecycle.tell("foreground");
  assert.equal(bench.said("ping").length, 1, "whether the server is there is asked at once");
  await bench.receive({ type: "pong", server_time: "2026-03-02T14:30:29.000Z" });
  lifecycle.tell("background");
  await bench.clock.advance(30_000);
  assert.equal(bench.client.state, "paused");
  assert.equal(bench.socket.closedWith, 1000);
  assert.equal(subscription.status, "disconnected");
  assert.notEqual(subscription.document, null);
  await bench.clock.advance(3_600_000);
  assert.equal(bench.opened, 1, "nothing is done in the background");
  lifecycle.tell("foreground");
  await bench.welcome();
  assert.equal(bench.opened, 2);
  assert.equal(bench.said("subscribe")[0]?.["resume"], CURSOR);
});

test("a socket that died in the background is found out soon after", async () => {
  const lifecycle = new FakeLifecycle();
  const { bench } = await live({ lifecycle });
  lifecycle.tell("background");
  lifecycle.tell("foreground");
  await bench.clock.advance(5_000);
  assert.notEqual(bench.socket.closedWith, undefined);
  assert.equal(bench.client.state, "waiting");
});

test("a page that is put away closes at once, and comes back at once", async () => {
  const lifecycle = new FakeLifecycle();
  const { bench } = await live({ lifecycle });
  lifecycle.tell("suspend");
  assert.equal(bench.client.state, "paused");
  lifecycle.tell("foreground");
  assert.equal(bench.opened, 2);
});

test("grace without an end keeps the connection", async () => {
  const lifecycle = new FakeLifecycle();
  const { bench } = await live({ lifecycle, backgroundGraceMs: Infinity });
  lifecycle.tell("background");
  await bench.clock.advance(60_000 * 24);
  assert.notEqual(bench.client.state, "paused");
});

test("offline nothing is tried again, online it is at once", async () => {
  const lifecycle = new FakeLifecycle(["offline"]);
  const bench = new Bench({ lifecycle });
  bench.client.subscribe(P);
  assert.equal(bench.opened, 1, "the server may be this machine");
  bench.socket.end(1006);
  assert.equal(bench.client.state, "offline");
  await bench.clock.advance(3_600_000);
  assert.equal(bench.opened, 1);
  lifecycle.tell("online");
  await bench.welcome();
  assert.equal(bench.client.state, "open");
});

test("offline while connected: the connection is asked, and given up when it does not answer", async () => {
  const lifecycle = new FakeLifecycle();
  const { bench, subscription } = await live({ lifecycle });
  lifecycle.tell("offline");
  assert.equal(bench.client.state, "open");
  await bench.clock.advance(5_000);
  assert.equal(bench.client.state, "offline");
  assert.equal(subscription.status, "disconnected");
  assert.equal(bench.clock.pending, 0);
  lifecycle.tell("online");
  assert.equal(bench.opened, 2);
});

test("online again, or seen again, ends a wait", async () => {
  for (const signal of ["online", "foreground"] as const) {
    const lifecycle = new FakeLifecycle();
    const { bench } = await live({ lifecycle });
    bench.socket.end(1013);
    assert.equal(bench.client.state, "waiting");
    lifecycle.tell(signal);
    assert.equal(bench.opened, 2);
    await bench.welcome();
    await bench.clock.advance(29_000);
    assert.equal(bench.opened, 2, "the wait is not also gone through");
  }
});

test("React Native's states become the SDK's", () => {
  const heard: string[] = [];
  let tell: (state: string) => void = () => {};
  let isRemoved = false;
  const appState = {
    currentState: "background",
    addEventListener: (_: "change", listener: (state: string) => void) => {
      tell = listener;
      return { remove: () => (isRemoved = true) };
    },
  };
  const stop = appStateLifecycle(appState).watch((signal) => heard.push(signal));
  for (const state of ["inactive", "active", "inactive", "background", "unknown"]) tell(state);
  stop();
  assert.deepEqual(heard, ["background", "foreground", "background"]);
  assert.ok(isRemoved);
});

test("close ends everything, connect goes on", async () => {
  const lifecycle = new FakeLifecycle();
  const { bench, subscription } = await live({ lifecycle });
  bench.client.close();
  assert.deepEqual([bench.client.state, bench.clock.pending, lifecycle.watched], ["closed", 0, 0]);
  assert.equal(subscription.status, "disconnected");
  bench.client.connect();
  await bench.welcome();
  assert.equal(bench.said("subscribe")[0]?.["resume"], CURSOR);
});

test("a connection without a welcome is left after a while", async () => {
  const bench = new Bench();
  bench.client.connect();
  bench.socket.accept();
  await bench.clock.advance(15_000);
  assert.notEqual(bench.socket.closedWith, undefined);
  assert.equal(bench.client.state, "waiting");
});

test("what was said of the end counts also when the close frame is lost", async () => {
  const { bench } = await live();
  await bench.receive({ type: "closing", code: 1012, reconnect: true, after_ms: 7000 });
  bench.socket.end(1006);
  assert.equal(bench.client.connection.closeCode, 1012);
  assert.equal(bench.client.connection.retryAt, bench.clock.now() + 7250);
});

test("an error of something that is over harms nobody", async () => {
  const { bench, subscription } = await live();
  const old = bench.said("subscribe")[0]?.["id"];
  subscription.unsubscribe();
  await settled();
  const again = bench.client.subscribe(P);
  await settled();
  const error = { type: "error", code: "not_subscribed", status: 409, detail: "no", retryable: false, portfolio_id: P };
  await bench.receive({ ...error, id: old }, { ...error, id: bench.said("unsubscribe")[0]?.["id"] });
  await bench.answer();
  assert.equal(again.status, "live");
  assert.equal(bench.said("subscribe").length, 2);
});

test("the server does not know the subscription: it is subscribed again", async () => {
  const { bench, subscription } = await live();
  subscription.resync();
  await settled();
  const id = bench.said("resync")[0]?.["id"];
  await bench.receive({ type: "error", id, code: "not_subscribed", status: 409, detail: "no", retryable: false, portfolio_id: P });
  assert.equal(String(subscription.document?.totals.total_value), "10");
  await bench.clock.advance(500);
  assert.equal(bench.said("subscribe")[1]?.["resume"], CURSOR);
});

test("options that are refused are told, and the subscription goes on", async () => {
  const { bench, subscription } = await live();
  const errors: string[] = [];
  subscription.on("error", ({ code }) => errors.push(code));
  subscription.update({ maxRate: -1 });
  await settled();
  const id = bench.said("update")[0]?.["id"];
  await bench.receive({ type: "error", id, code: "invalid_field", status: 422, detail: "max_rate", retryable: false, portfolio_id: P });
  assert.deepEqual(errors, ["invalid_field"]);
  assert.equal(subscription.error?.code, "invalid_field");
  await bench.delta("11", 2);
  assert.equal(String(subscription.document?.totals.total_value), "11");
  assert.equal(subscription.error, null);
});

test("several watch one portfolio: it is sent once, with what all of them need", async () => {
  const bench = new Bench();
  const a = bench.client.subscribe(P, { maxRate: 1, fields: ["total_value"] });
  const b = bench.client.subscribe(P.toUpperCase(), { maxRate: 5, fields: ["gain_loss"] });
  await bench.welcome();
  assert.equal(bench.said("subscribe").length, 1);
  assert.deepEqual(bench.said("subscribe")[0]?.["fields"], ["gain_loss", "total_value"]);
  assert.equal(bench.said("subscribe")[0]?.["max_rate"], 5);
  await bench.answer();
  assert.equal(a.document, b.document);
  b.unsubscribe();
  await settled();
  assert.deepEqual([bench.said("update")[0]?.["max_rate"], bench.said("update")[0]?.["fields"]], [1, ["total_value"]]);
  a.update({ maxRate: undefined });
  await settled();
  assert.equal(bench.said("update")[1]?.["max_rate"], 20, "the server's own");
  a.unsubscribe();
  await settled();
  assert.equal(bench.said("unsubscribe").length, 1);
  await bench.delta("11", 2);
  assert.equal(bench.said("resync").length, 0);
});

test("to see all again, one is subscribed anew, and the old state is shown until then", async () => {
  const bench = new Bench();
  const subscription = bench.client.subscribe(P, { fields: ["total_value"] });
  await bench.welcome();
  await bench.answer();
  subscription.update({ fields: undefined });
  await settled();
  assert.deepEqual(bench.socket.sent.map(({ type }) => type), ["subscribe", "unsubscribe", "subscribe"]);
  await bench.delta("11", 2); // of the old subscription
  assert.equal(String(subscription.document?.totals?.total_value), "10");
  await bench.answer("12", "5d0c0ffee0ddba11-2-1");
  assert.equal(String(subscription.document?.totals?.total_value), "12");
});

test("watching, leaving and watching again at once says nothing", async () => {
  const { bench, subscription } = await live();
  const sent = bench.socket.sent.length;
  subscription.unsubscribe();
  const again = bench.client.subscribe(P);
  await settled();
  assert.equal(bench.socket.sent.length, sent);
  assert.equal(again.status, "live");
  assert.equal(subscription.status, "ended");
});

test("a thousand subscriptions keep to the server's pace", async () => {
  const bench = new Bench();
  const ids = Array.from({ length: 130 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);
  for (const id of ids) bench.client.subscribe(id);
  await bench.welcome({ limits: { ...WELCOME.limits, max_subscriptions: 100, messages_per_second: 10 } });
  assert.equal(bench.said("subscribe").length, 100);
  await bench.clock.advance(1_000);
  assert.equal(bench.said("subscribe").length, 110);
  await bench.clock.advance(500);
  assert.equal(bench.said("subscribe").length, 115);
  await bench.clock.advance(10_000);
  assert.deepEqual(bench.said("subscribe").map((message) => message["portfolio_id"]), ids);
});

test("what was kept of an earlier session is shown at once, and goes on from there", async () => {
  const first = await live();
  const { document, cursor } = first.subscription;
  assert.ok(document && cursor);
  const bench = new Bench();
  const subscription = bench.client.subscribe(P, { resume: { document, cursor } });
  assert.equal(subscription.document, document);
  assert.equal(subscription.status, "disconnected");
  await bench.welcome();
  assert.equal(bench.said("subscribe")[0]?.["resume"], cursor);
});

test("an iterator gives the newest state to who is slow, with all that changed meanwhile", async () => {
  const { bench, subscription } = await live();
  const states = subscription[Symbol.asyncIterator]();
  const first = await states.next();
  assert.deepEqual([String(first.value?.document.totals.total_value), first.value?.changed], ["10", null]);
  for (let seq = 2; seq < 1000; seq += 1) await bench.delta(String(seq), seq);
  await bench.receive(
    `{"type":"delta","portfolio_id":"${P}","base":"${subscription.cursor}","cursor":"5d0c0ffee0ddba11-1000-1","as_of":"2026-03-02T14:30:01.000Z","patch":{"positions":{"B":null}}}`,
  );
  const next = await states.next();
  assert.equal(next.value?.cursor, "5d0c0ffee0ddba11-1000-1");
  assert.deepEqual([...(next.value?.changed ?? [])].sort(), ["A", "B", "totals"]);
  const waiting = states.next();
  await bench.receive({ type: "unsubscribed", portfolio_id: P, code: "not_found" });
  assert.equal((await waiting).done, true);
});

test("leaving a loop stops listening", async () => {
  const { bench, subscription } = await live();
  for await (const { document } of subscription) {
    assert.equal(String(document.totals.total_value), "10");
    break;
  }
  await bench.delta("11", 2);
  assert.equal(String(subscription.document?.totals.total_value), "11");
});

test("what changed is told by name, and nothing else is another object", async () => {
  const { bench, subscription } = await live();
  const before = subscription.document;
  const changes: unknown[] = [];
  subscription.on("state", ({ changed }) => changes.push(changed && [...changed].sort()));
  await bench.delta("11", 2);
  await bench.delta("11", 3);
  assert.deepEqual(changes, [["A", "totals"], []]);
  assert.equal(subscription.document?.positions["B"], before?.positions["B"]);
  assert.notEqual(subscription.document?.positions["A"], before?.positions["A"]);
});

test("a listener that throws harms nobody but is not hidden", async () => {
  const { bench, subscription } = await live();
  const thrown: unknown[] = [];
  const keep = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.once("uncaughtException", (error) => thrown.push(error));
  let heard = 0;
  subscription.on("state", () => {
    throw new Error("of the application");
  });
  const stop = subscription.on("state", () => (heard += 1));
  await bench.delta("11", 2);
  for (const listener of keep) process.on("uncaughtException", listener);
  assert.deepEqual([heard, thrown.map(String)], [1, ["Error: of the application"]]);
  assert.equal(bench.client.state, "open");
  stop();
});

test("a token source that fails is asked again later, one that has none ends it", async () => {
  let answer: () => string | null = () => {
    throw new Error("no network");
  };
  const bench = new Bench({ token: async () => answer() });
  const errors: string[] = [];
  bench.client.on("error", ({ code, retryable }) => errors.push(`${code} ${retryable}`));
  bench.client.connect();
  await bench.welcome({ auth_required: true });
  assert.equal(bench.client.state, "waiting");
  answer = () => "good";
  await bench.clock.advance(500);
  await bench.welcome({ auth_required: true });
  assert.equal(bench.said("auth")[0]?.["token"], "good");
  answer = () => null;
  await bench.receive({ type: "error", id: bench.said("auth")[0]?.["id"], code: "unauthorized", status: 401, detail: "no", retryable: false });
  assert.equal(bench.client.state, "closed");
  assert.equal(bench.client.connection.error?.code, "unauthorized");
  assert.deepEqual(errors, ["unauthorized true", "unauthorized false"]);
});

test("a token that cannot be renewed yet is asked for again, while the stream goes on", async () => {
  let token = "first";
  const bench = new Bench({ token: () => token });
  bench.client.connect();
  await bench.welcome({ auth_required: true });
  await bench.receive({ type: "authenticated" }, { type: "auth_expiring", expires_at: "2026-03-02T14:45:00.000Z" });
  assert.equal(bench.said("auth").length, 1, "the same token is not sent again");
  token = "second";
  await bench.clock.advance(5_000);
  assert.equal(bench.said("auth")[1]?.["token"], "second");
  assert.equal(bench.client.state, "open");
});

test("an answer of the token source that comes too late is for nobody", async () => {
  const answers: ((token: string) => void)[] = [];
  const bench = new Bench({ token: () => new Promise<string>((resolve) => answers.push(resolve)) });
  bench.client.connect();
  await bench.welcome({ auth_required: true });
  bench.socket.end(1006);
  await bench.clock.advance(500);
  answers[0]?.("late");
  await settled();
  assert.equal(bench.opened, 2);
  assert.deepEqual(bench.socket.sent, []);
});

test("the lag is how much later than at best something arrives", async () => {
  const { bench } = await live();
  assert.equal(bench.client.connection.lagMs, 0);
  await bench.clock.advance(1_500);
  await bench.receive({ type: "pong", server_time: "2026-03-02T14:30:01.000Z" });
  assert.equal(bench.client.connection.lagMs, 500);
  assert.equal(bench.client.connection.lastMessageAt, bench.clock.now());
  await bench.clock.advance(500);
  await bench.receive({ type: "pong", server_time: "2026-03-02T14:30:02.000Z" });
  assert.equal(bench.client.connection.lagMs, 0);
});
