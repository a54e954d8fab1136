// The client and its host: seen or in the background, on the network or not.
import assert from "node:assert/strict";
import test from "node:test";
import { appStateLifecycle } from "../src/index.js";
import { Bench, CURSOR, FakeLifecycle, live, P } from "./client_bench.js";

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
