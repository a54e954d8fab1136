// Listeners that close, connect and leave while they are told something: what they did last holds.
import assert from "node:assert/strict";
import test from "node:test";
import type { ConnectionState, PortfolioClientOptions } from "../src/index.js";
import { Bench, FakeLifecycle, live, P } from "./client_bench.js";

test("who closes the client in a listener has closed it, whatever it was told", async () => {
  const states: ConnectionState[] = ["connecting", "authenticating", "open", "waiting", "offline", "paused"];
  for (const told of states) {
    const lifecycle = new FakeLifecycle();
    const bench = new Bench({ lifecycle, token: "t" });
    const { client } = bench;
    client.on("connection", ({ state }) => state === told && client.close());
    client.subscribe(P);
    if (client.state !== "closed") await bench.welcome({ auth_required: true });
    if (client.state !== "closed") await bench.receive({ type: "authenticated" });
    if (told === "offline" || told === "waiting") {
      if (told === "offline") lifecycle.tell("offline");
      bench.socket.end(1006);
    }
    if (told === "paused") lifecycle.tell("suspend");
    assert.equal(client.state, "closed", told);
    assert.deepEqual([bench.clock.pending, lifecycle.watched], [0, 0], told);
    await bench.clock.advance(60_000);
    assert.deepEqual([client.state, bench.opened], ["closed", 1], told);
  }
});

test("the same of a subscription's listener", async () => {
  const ends: [string, (bench: Bench, lifecycle: FakeLifecycle) => void][] = [
    ["lost", (bench) => bench.socket.end(1006)],
    ["given up", (bench) => bench.socket.end(4403)],
    ["put away", (_, lifecycle) => lifecycle.tell("suspend")],
  ];
  for (const [name, end] of ends) {
    const lifecycle = new FakeLifecycle();
    const { bench, subscription } = await live({ lifecycle });
    subscription.on("status", (status) => status === "disconnected" && bench.client.close());
    end(bench, lifecycle);
    assert.equal(bench.client.state, "closed", name);
    await bench.clock.advance(60_000);
    assert.deepEqual([bench.client.state, bench.opened], ["closed", 1], name);
    bench.client.connect();
    assert.equal(bench.opened, 2, name);
  }
});

test("closing and connecting in a listener makes one connection, which is kept", async () => {
  for (const lose of ["end", "suspend"] as const) {
    const lifecycle = new FakeLifecycle();
    const { bench, subscription } = await live({ lifecycle });
    const stop = subscription.on("status", () => {
      stop();
      bench.client.close();
      bench.client.connect();
    });
    if (lose === "end") bench.socket.end(1006);
    else lifecycle.tell("suspend");
    assert.deepEqual([bench.client.state, bench.opened], ["connecting", 2]);
    await bench.welcome();
    await bench.answer();
    assert.deepEqual([subscription.status, bench.opened], ["live", 2]);
  }
});

test("who connects on hearing of the close is connected, and still hears the host", async () => {
  const lifecycle = new FakeLifecycle();
  const { bench, subscription } = await live({ lifecycle });
  const stop = subscription.on("status", () => {
    stop();
    bench.client.connect();
  });
  bench.client.close();
  assert.deepEqual([bench.client.state, bench.opened, lifecycle.watched], ["connecting", 2, 1]);
  lifecycle.tell("suspend");
  assert.equal(bench.client.state, "paused");
});

test("a connection that cannot be made leaves nothing behind", () => {
  class Refusing {
    constructor() {
      throw new SyntaxError("an address that is none");
    }
  }
  const options = { WebSocket: Refusing } as unknown as Partial<PortfolioClientOptions>;
  const { client, clock } = new Bench(options);
  assert.throws(() => client.connect(), SyntaxError);
  assert.deepEqual([client.state, clock.pending], ["idle", 0]);
});

test("who left while another listener was told hears no more", async () => {
  const { bench, subscription } = await live();
  const other = bench.client.subscribe(P);
  const heard: string[] = [];
  subscription.on("state", () => other.unsubscribe());
  other.on("end", () => heard.push("end"));
  other.on("state", () => heard.push("state"));
  await bench.delta("11", 2);
  assert.deepEqual(heard, ["end"]);
});

test("a dead socket is found out however often the page is hidden and seen", async () => {
  const lifecycle = new FakeLifecycle();
  const { bench } = await live({ lifecycle });
  for (let second = 0; second < 5; second += 1) {
    lifecycle.tell("background");
    lifecycle.tell("foreground");
    await bench.clock.advance(1_000);
  }
  assert.equal(bench.said("ping").length, 1, "one question at a time");
  assert.notEqual(bench.client.state, "open");
});
