// What is refused, or never answered: the subscription that it is of hears it, asks again where that
// helps, and is never left showing an old state for good.
import assert from "node:assert/strict";
import test from "node:test";
import { Bench, CURSOR, live, P, state } from "./client_bench.js";
import { settled } from "./support.js";

const OTHER = "0b8f2c1e-3a4d-4f6b-8a2e-1c9d7e5f3b21";

/** As the server refuses what it cannot read: with the message's id, and without a portfolio. */
const refusal = (id: unknown, code = "invalid_field", more: object = {}) => ({
  type: "error",
  id,
  code,
  status: 422,
  detail: "no",
  retryable: false,
  ...more,
});

test("a refusal that names only the message is of the subscription that said it", async () => {
  const { bench, subscription: other } = await live();
  const errors: string[] = [];
  bench.client.on("error", ({ code }) => errors.push(`client ${code}`));
  other.on("error", ({ code }) => errors.push(`other ${code}`));
  const refused = bench.client.subscribe(OTHER, { maxRate: -1 });
  refused.on("end", (error) => errors.push(`end ${error?.code}`));
  await settled();
  await bench.receive(refusal(bench.said("subscribe")[1]?.["id"]));
  assert.deepEqual([refused.status, refused.error?.code], ["ended", "invalid_field"]);
  assert.deepEqual(errors, ["end invalid_field"]);
  other.update({ fields: [] });
  await settled();
  await bench.receive(refusal(bench.said("update")[0]?.["id"]));
  assert.deepEqual(errors.slice(1), ["other invalid_field"]);
  assert.equal(other.status, "live");
  await bench.receive(refusal(undefined, "invalid_json"), refusal(12345));
  assert.deepEqual(errors.slice(2), ["client invalid_json", "client invalid_field"]);
});

test("a cursor that the server does not take is given up, not the subscription", async () => {
  const document = (await live()).subscription.document;
  assert.ok(document);
  const bench = new Bench();
  const subscription = bench.client.subscribe(P, { resume: { document, cursor: "of another version" } });
  await bench.welcome();
  await bench.receive(refusal(bench.said("subscribe")[0]?.["id"]));
  assert.equal(subscription.document, document, "what was kept stays shown");
  assert.deepEqual([subscription.cursor, subscription.status], [null, "disconnected"]);
  const again = bench.said("subscribe")[1];
  assert.ok(again && !("resume" in again));
  await bench.answer("11");
  assert.deepEqual([subscription.cursor, String(subscription.document?.totals.total_value)], [CURSOR, "11"]);
  bench.socket.end(1006);
  await bench.clock.advance(500);
  await bench.welcome();
  await bench.receive(refusal(bench.said("subscribe")[0]?.["id"]));
  await bench.receive(refusal(bench.said("subscribe")[1]?.["id"]));
  assert.equal(subscription.status, "ended", "without a cursor it is something else");
});

test("a snapshot that does not come is asked for again, also while other portfolios go on", async () => {
  const { bench, subscription } = await live();
  await bench.delta("12", 3); // its base was lost
  assert.equal(bench.said("resync").length, 1);
  for (let second = 1; second < 30; second += 1) {
    await bench.clock.advance(1_000);
    await bench.delta("12", 3 + second);
  }
  assert.equal(bench.said("resync").length, 1);
  await bench.clock.advance(1_000);
  assert.equal(bench.said("resync").length, 2);
  await bench.receive(
    `{"type":"snapshot","portfolio_id":"${P}","cursor":"5d0c0ffee0ddba11-40-1","as_of":"2026-03-02T14:30:30.000Z","data":${state("13")}}`,
  );
  assert.equal(String(subscription.document?.totals.total_value), "13");
  await bench.receive({ type: "pong", server_time: "2026-03-02T14:31:00.000Z" });
  await bench.clock.advance(30_500);
  assert.equal(bench.said("resync").length, 2, "an answer is an answer");
});

test("so is the first snapshot, and the answer to a subscribe", async () => {
  const bench = new Bench();
  const subscription = bench.client.subscribe(P);
  await bench.welcome();
  const pong = { type: "pong", server_time: "2026-03-02T14:30:00.000Z" };
  for (const _ of [1, 2]) {
    await bench.clock.advance(15_000);
    await bench.receive(pong);
  }
  assert.equal(bench.said("subscribe").length, 2);
  const id = bench.last("subscribe")["id"];
  await bench.receive({ type: "subscribed", id, portfolio_id: P, granted: { max_rate: 20 }, recovered: false });
  for (const _ of [1, 2]) {
    await bench.clock.advance(15_000);
    await bench.receive(pong);
  }
  assert.equal(bench.said("resync").length, 1);
  subscription.unsubscribe();
  await settled();
  bench.client.close();
  assert.equal(bench.clock.pending, 0);
});

test("an update waits for the answer that is due, and is said then", async () => {
  const { bench, subscription } = await live();
  subscription.resync();
  subscription.update({ maxRate: 1 });
  await settled();
  assert.equal(bench.said("update").length, 0);
  await bench.receive(
    `{"type":"snapshot","portfolio_id":"${P}","cursor":"${CURSOR}","as_of":"2026-03-02T14:30:00.000Z","data":${state("10")}}`,
  );
  assert.equal(bench.said("update")[0]?.["max_rate"], 1);
});

test("an update that is refused for now is said again whole", async () => {
  const { bench, subscription } = await live();
  subscription.update({ fields: ["total_value"], maxRate: 2 });
  await settled();
  const busy = { status: 429, retryable: true, retry_after_ms: 1000, portfolio_id: P };
  await bench.receive(refusal(bench.said("update")[0]?.["id"], "rate_limited", busy));
  await bench.delta("11", 2);
  assert.equal(bench.said("update").length, 1, "not before the time");
  await bench.clock.advance(1_500);
  const said = bench.last("update");
  assert.deepEqual([said["max_rate"], said["fields"]], [2, ["total_value"]]);
});

test("a subscription that the server has already is brought to what is wanted now", async () => {
  for (const fields of [undefined, ["total_value"] as const]) {
    const bench = new Bench();
    const subscription = bench.client.subscribe(P, { fields });
    await bench.welcome();
    const id = bench.last("subscribe")["id"];
    await bench.receive(refusal(id, "already_subscribed", { status: 409, portfolio_id: P }));
    if (fields) {
      assert.deepEqual(bench.said("update")[0]?.["fields"], fields);
      await bench.receive(
        { type: "updated", id: bench.said("update")[0]?.["id"], portfolio_id: P, granted: { max_rate: 20, fields } },
        `{"type":"snapshot","portfolio_id":"${P}","cursor":"${CURSOR}","as_of":"2026-03-02T14:30:00.000Z","data":${state("10")}}`,
      );
    } else {
      assert.deepEqual(
        bench.socket.sent.map(({ type }) => type),
        ["subscribe", "unsubscribe", "subscribe"],
      );
      await bench.answer();
    }
    assert.equal(subscription.status, "live");
  }
});

test("a rate that is no number is said once, for the server to refuse", async () => {
  const { bench, subscription } = await live();
  subscription.update({ maxRate: NaN });
  await settled();
  assert.equal(bench.said("update").length, 1);
});
