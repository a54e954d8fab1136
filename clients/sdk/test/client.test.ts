// The client over time, beyond what the transcripts of protocol/conformance show: several watchers of
// one portfolio, the pace of messages, answers out of turn, iterators.
import assert from "node:assert/strict";
import test from "node:test";
import { Bench, CURSOR, live, P, state, WELCOME } from "./client_bench.js";
import { settled } from "./support.js";

test("the stream is below the base URL, and offers the subprotocol", async () => {
  const cases = {
    "https://host/app/": "wss://host/app/stream",
    "http://host:8080": "ws://host:8080/stream",
    "https://host/a/b?x=1#y": "wss://host/a/b/stream",
  };
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

test("the answer to a subscription that was left is not taken for the next one's", async () => {
  const bench = new Bench();
  const left = bench.client.subscribe(P, { fields: ["gain_loss"] });
  await bench.welcome();
  const old = bench.said("subscribe")[0]?.["id"];
  left.unsubscribe();
  await settled();
  const next = bench.client.subscribe(P);
  await settled();
  await bench.receive(
    {
      type: "subscribed",
      id: old,
      portfolio_id: P,
      granted: { max_rate: 20, fields: ["gain_loss"] },
      recovered: false,
    },
    `{"type":"snapshot","portfolio_id":"${P}","cursor":"${CURSOR}-9c","as_of":"2026-03-02T14:30:00.000Z","data":${state("1")}}`,
  );
  assert.equal(next.document, null);
  await bench.answer();
  assert.equal(next.cursor, CURSOR);
});

test("until the first snapshot nothing is asked for again", async () => {
  const bench = new Bench();
  bench.client.subscribe(P);
  await bench.welcome();
  const id = bench.said("subscribe")[0]?.["id"];
  await bench.receive(
    { type: "subscribed", id, portfolio_id: P, granted: { max_rate: 20 }, recovered: false },
    {
      type: "heartbeat",
      server_time: "2026-03-02T14:30:00.000Z",
      subscriptions: { [P]: { cursor: CURSOR, state: "live" } },
    },
  );
  assert.equal(bench.said("resync").length, 0);
});

test("what was put off is asked for at once on a new connection, and waits are short again after a success", async () => {
  const bench = new Bench();
  bench.client.subscribe(P);
  await bench.welcome();
  const refuse = () =>
    bench.receive({
      type: "error",
      id: bench.said("subscribe").at(-1)?.["id"],
      code: "unavailable",
      status: 503,
      detail: "no",
      retryable: true,
      portfolio_id: P,
    });
  for (const delayMs of [250, 500, 1000]) {
    await refuse();
    const before = bench.said("subscribe").length;
    await bench.clock.advance(delayMs - 1);
    assert.equal(bench.said("subscribe").length, before);
    await bench.clock.advance(1);
    assert.equal(bench.said("subscribe").length, before + 1);
  }
  await refuse();
  bench.socket.end(1006);
  await bench.clock.advance(250);
  await bench.welcome();
  assert.equal(bench.said("subscribe").length, 1);
  await bench.answer();
  bench.socket.end(1006);
  await bench.clock.advance(1000);
  await bench.welcome();
  await refuse();
  await bench.clock.advance(250);
  assert.equal(bench.said("subscribe").length, 2);
});

test("the server does not know the subscription: it is subscribed again", async () => {
  const { bench, subscription } = await live();
  subscription.resync();
  await settled();
  const id = bench.said("resync")[0]?.["id"];
  await bench.receive({
    type: "error",
    id,
    code: "not_subscribed",
    status: 409,
    detail: "no",
    retryable: false,
    portfolio_id: P,
  });
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
  await bench.receive({
    type: "error",
    id,
    code: "invalid_field",
    status: 422,
    detail: "max_rate",
    retryable: false,
    portfolio_id: P,
  });
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
  assert.equal(bench.said("update")[1]?.["max_rate"], 1000, "more than any server's own, which it makes of it");
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
  assert.deepEqual(
    bench.socket.sent.map(({ type }) => type),
    ["subscribe", "unsubscribe", "subscribe"],
  );
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
  assert.deepEqual(
    bench.said("subscribe").map((message) => message["portfolio_id"]),
    ids,
  );
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

test("an iterator gives the last state also when the subscription ended while its consumer was busy", async () => {
  const { bench, subscription } = await live();
  const states = subscription[Symbol.asyncIterator]();
  await states.next();
  await bench.delta("11", 2);
  await bench.receive({ type: "unsubscribed", portfolio_id: P, code: "not_found" });
  assert.equal(String((await states.next()).value?.document.totals.total_value), "11");
  assert.equal((await states.next()).done, true);
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

test("a whole state is as old as its portfolio's last change: that is no lag", async () => {
  const { bench, subscription } = await live();
  await bench.clock.advance(10_000);
  subscription.resync();
  await bench.receive(
    `{"type":"snapshot","portfolio_id":"${P}","cursor":"${CURSOR}","as_of":"2026-03-02T14:30:00.000Z","data":${state("10")}}`,
  );
  assert.equal(bench.client.connection.lagMs, 0);
  await bench.delta("11", 2); // as of 14:30:01, at 14:30:10
  assert.equal(bench.client.connection.lagMs, 9_000);
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
