import assert from "node:assert/strict";
import { test } from "node:test";
import { describeConnection, type ConnectionNow } from "../src/connection_words";

const NOW = Date.parse("2026-01-05T15:30:00.000Z");
const connection = (values: Partial<ConnectionNow>): ConnectionNow => ({
  state: "open",
  retryAt: null,
  lagMs: null,
  lastMessageAt: null,
  ...values,
});

test("an open connection tells its lag and the last message", () => {
  const shown = describeConnection(connection({ lagMs: 38.4, lastMessageAt: NOW }), true, NOW);
  assert.equal(shown.mark, "live");
  assert.match(shown.detail, /^38 ms · .*\d\d:?\d\d/);
  assert.equal(describeConnection(connection({ lagMs: -3 }), true, NOW).detail, "0 ms"); // clocks differ
});

test("what waits counts down to the next try", () => {
  const at = (retryAt: number): string =>
    describeConnection(connection({ state: "waiting", retryAt }), true, NOW).detail;
  assert.equal(at(NOW + 2900), "in 3 s");
  assert.equal(at(NOW + 1), "in 1 s");
  assert.equal(at(NOW - 50), "now");
});

test("the first connection is not told as a lost one", () => {
  assert.equal(describeConnection(connection({ state: "connecting" }), false, NOW).label, "Connecting");
  assert.equal(describeConnection(connection({ state: "authenticating" }), true, NOW).label, "Reconnecting");
  assert.equal(describeConnection(connection({ state: "offline" }), true, NOW).mark, "offline");
  assert.equal(describeConnection(connection({ state: "closed" }), true, NOW).mark, "closed");
});
