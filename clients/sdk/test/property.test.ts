// Random histories of a server, with deltas and answers lost, deltas repeated, and connections that break: each state
// shown is one that the server had, never an older one, and the last one arrives.
import assert from "node:assert/strict";
import test from "node:test";
import { Decimal, type PortfolioDocument, PortfolioClient } from "../src/index.js";
import { ModelServer, PORTFOLIO, randomOf } from "./model_server.js";
import { FakeClock, settled, socketFactory } from "./support.js";

const RUNS = Number(process.env["SDK_PROPERTY_RUNS"] ?? 150);
const STEPS = 150;

/** The document with its members in order, so that equal ones have equal texts. */
const sorted = (value: unknown): unknown => {
  if (value instanceof Decimal) return `#${value.text}`;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted((value as Record<string, unknown>)[name])]),
  );
};

class World {
  readonly random: () => number;
  readonly server: ModelServer;
  readonly clock = new FakeClock();
  readonly factory = socketFactory();
  readonly client: PortfolioClient;
  accepted = 0;
  shown = 0;
  lastAt = -1;

  constructor(seed: number) {
    this.random = randomOf(seed);
    this.server = new ModelServer(this.random);
    const { clock: timers, random } = this;
    this.client = new PortfolioClient({
      url: "http://host",
      WebSocket: this.factory.WebSocket,
      timers,
      random,
      lifecycle: null,
    });
  }

  /** Judges a state that the application is shown. */
  check(document: PortfolioDocument, cursor: string): void {
    const had = this.server.history.get(cursor);
    assert.ok(had, `the server never had ${cursor}`);
    const text = had.text.replace(/:(-?[0-9.]+)(?=[,}])/g, ':"#$1"');
    assert.deepEqual(sorted(document), sorted(JSON.parse(text)));
    assert.ok(had.at >= this.lastAt, "an older state than before");
    this.lastAt = had.at;
    this.shown += 1;
  }

  async step(): Promise<void> {
    const chance = this.random();
    if (chance < 0.35) this.server.change();
    else if (chance < 0.6) this.server.flush();
    else if (chance < 0.66) this.server.heartbeat();
    else if (chance < 0.69) this.server.drop();
    else if (chance < 0.7) this.server.beginEpoch();
    else if (chance < 0.8) await this.clock.advance(Math.floor(this.random() * 4000));
    else for (let n = Math.floor(this.random() * 4); n > 0; n -= 1) this.server.deliver();
    await this.hear();
  }

  async hear(): Promise<void> {
    await settled();
    for (; this.accepted < this.factory.sockets.length; this.accepted += 1) {
      const socket = this.factory.sockets[this.accepted];
      if (socket && socket.closedWith === undefined) this.server.accept(socket);
    }
    this.server.hear();
  }

  /** From now on everything arrives. */
  async settle(): Promise<void> {
    this.server.isNoisy = false;
    this.server.loseLast();
    for (let round = 0; round < 60; round += 1) {
      this.server.flush();
      this.server.heartbeat();
      while (this.server.deliver()) await this.hear();
      await this.hear();
      await this.clock.advance(1000);
    }
  }
}

test("each state shown is one that the server had, and the last one arrives", async () => {
  let shown = 0;
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const world = new World(seed);
    const failures: unknown[] = [];
    const subscription = world.client.subscribe(PORTFOLIO);
    subscription.on("state", ({ document, cursor }) => {
      try {
        world.check(document, cursor);
      } catch (error) {
        failures.push(error);
      }
    });
    for (let step = 0; step < STEPS; step += 1) await world.step();
    await world.settle();
    if (failures.length > 0) throw new Error(`seed ${seed}`, { cause: failures[0] });
    assert.equal(subscription.cursor, world.server.cursor, `seed ${seed}: the last state has not arrived`);
    shown += world.shown;
    world.client.close();
    assert.equal(world.clock.pending, 0, "a timer is left");
  }
  assert.ok(shown > RUNS * 5, `only ${shown} states were shown`);
});
