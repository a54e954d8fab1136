// Several subscriptions of one portfolio that want different members, and iterators that are left.
import assert from "node:assert/strict";
import test from "node:test";
import { Bench, CURSOR, live, P } from "./client_bench.js";
import { settled } from "./support.js";

const PART = `{"portfolio_id":"${P}","portfolio_name":"Growth","base_currency":"USD","totals":{"total_value":10},"positions":{}}`;
const snapshotOf = (data: string, cursor: string) =>
  `{"type":"snapshot","portfolio_id":"${P}","cursor":"${cursor}","as_of":"2026-03-02T14:30:00.000Z","data":${data}}`;

/** One that wants the total only, and is shown it. */
const total = async () => {
  const bench = new Bench();
  const part = bench.client.subscribe(P, { fields: ["total_value"] });
  await bench.welcome();
  const id = bench.last("subscribe")["id"];
  const granted = { max_rate: 20, fields: ["total_value"] };
  await bench.receive(
    { type: "subscribed", id, portfolio_id: P, granted, recovered: false },
    snapshotOf(PART, `${CURSOR}-9c`),
  );
  assert.equal(part.status, "live");
  return { bench, part };
};

test("who wants all of a portfolio is not shown the part that another one watches", async () => {
  const { bench, part } = await total();
  const whole = bench.client.subscribe(P);
  const heard: string[] = [];
  whole.on("status", (status) => heard.push(status));
  whole.on("state", ({ document, changed }) => heard.push(`${Object.keys(document.positions).join()} ${changed}`));
  assert.deepEqual([whole.document, whole.cursor, whole.asOf, whole.status], [null, null, null, "loading"]);
  const iterator = whole[Symbol.asyncIterator]();
  const first = iterator.next();
  await settled();
  // Answered to an older question, with the old members.
  await bench.receive(snapshotOf(PART, `${CURSOR}-9c`));
  assert.deepEqual([whole.document, heard], [null, []]);
  assert.equal(String(part.document?.totals?.total_value), "10");
  await bench.answer("12");
  assert.deepEqual([whole.status, whole.document, heard], ["live", part.document, ["live", "A,B null"]]);
  assert.deepEqual((await first).value?.document, whole.document);
});

test("who wants more members waits for them, who wants fewer does not", async () => {
  const { bench, part } = await total();
  const more = bench.client.subscribe(P, { fields: ["total_value", "gain_loss"] });
  const same = bench.client.subscribe(P, { fields: ["total_value"] });
  assert.deepEqual([more.document, same.document], [null, part.document]);
  await settled();
  const fields = ["gain_loss", "total_value"];
  const said = bench.last("update");
  assert.deepEqual(said["fields"], fields);
  await bench.receive(
    { type: "updated", id: said["id"], portfolio_id: P, granted: { max_rate: 20, fields } },
    snapshotOf(PART.replace('"total_value":10', '"total_value":10,"gain_loss":1'), `${CURSOR}-2b`),
  );
  assert.equal(String(more.document?.totals?.gain_loss), "1");
  assert.equal(more.status, "live");
  // All are there: nobody waits.
  const { subscription } = await live();
  assert.notEqual(subscription.document, null);
});

test("what one kept of some members is not shown to who wants all", async () => {
  const bench = new Bench();
  const kept = JSON.parse(PART) as never;
  const part = bench.client.subscribe(P, { fields: ["total_value"], resume: { cursor: "c-9c", document: kept } });
  const whole = bench.client.subscribe(P);
  assert.deepEqual([part.document, whole.document], [kept, null]);
  await bench.welcome();
  await bench.answer("12");
  assert.equal(whole.document, part.document);
});

test("one's own other members leave the old state shown until they are there", async () => {
  const { bench, part } = await total();
  part.update({ fields: ["gain_loss"] });
  await settled();
  assert.equal(String(part.document?.totals?.total_value), "10");
  bench.client.close();
});

test("an iterator can be left while it waits for a state", async () => {
  const { bench, subscription } = await live();
  const states = subscription[Symbol.asyncIterator]();
  await states.next();
  const pending = states.next();
  await settled();
  const left = states.return?.();
  assert.deepEqual(await Promise.race([Promise.all([pending, left]), settled().then(() => "hangs")]), [
    { done: true, value: undefined },
    { done: true, value: undefined },
  ]);
  await bench.delta("11", 2);
  assert.equal((await states.next()).done, true);
  assert.equal(subscription.status, "live", "leaving a loop is not leaving the portfolio");
});

test("an iterator that is left, or thrown into, before it began is over", async () => {
  const { subscription } = await live();
  const left = subscription[Symbol.asyncIterator]();
  await left.return?.();
  assert.equal((await left.next()).done, true);
  const thrown = subscription[Symbol.asyncIterator]();
  await thrown.next();
  await assert.rejects(thrown.throw?.(new Error("of the consumer")) ?? Promise.resolve(), /of the consumer/);
  assert.equal((await thrown.next()).done, true);
});

test("several pending questions to an iterator are answered in their order", async () => {
  const { bench, subscription } = await live();
  const states = subscription[Symbol.asyncIterator]();
  const answers = [states.next(), states.next(), states.next()];
  await bench.delta("11", 2);
  await bench.delta("12", 3);
  const values = (await Promise.all(answers)).map(({ value }) => String(value?.document.totals.total_value));
  assert.deepEqual(values, ["10", "11", "12"]);
});
