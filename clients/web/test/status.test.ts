import assert from "node:assert/strict";
import { test } from "node:test";
import { Decimal, parseExact } from "@portfolio-stream/client";
import { barWidth, nameSlice, parseBy, type Slice } from "../src/allocation/slices";
import {
  formatDuration,
  quotaRows,
  readFeed,
  tellBreaker,
  tellBus,
  tellDatabase,
  tellFeed,
  tellOverall,
  tellProvider,
} from "../src/status/words";

test("a duration is told in its two largest units", () => {
  assert.equal(formatDuration(0, "en-US"), "0 seconds");
  assert.equal(formatDuration(59, "en-US"), "59 seconds");
  assert.equal(formatDuration(61, "en-US"), "1 minute 1 second");
  assert.equal(formatDuration(3600, "en-US"), "1 hour");
  assert.equal(formatDuration(90061, "en-US"), "1 day 1 hour");
  assert.equal(formatDuration(-3, "en-US"), "0 seconds");
});

test("quotas are low at a tenth, and spans without a limit are not there", () => {
  const rows = quotaRows({
    second: { limit: 1, left: 1 },
    day: { limit: 25, left: 2, resets_at: "2026-11-22T00:00:00.000Z" },
  });
  assert.deepEqual(
    rows.map((row) => [row.span, row.isLow]),
    [
      ["second", false],
      ["day", true],
    ],
  );
  assert.deepEqual(quotaRows(undefined), []);
});

test("states are told in words, also those that are new", () => {
  assert.equal(tellOverall("ok").mark, "good");
  assert.equal(tellOverall("unavailable").mark, "bad");
  assert.equal(tellDatabase("schema_older").mark, "bad");
  assert.equal(tellDatabase("half_open").text, "Half open");
  assert.equal(tellBus("following").mark, "good");
  assert.equal(tellBus("away").mark, "bad");
  assert.equal(tellFeed("live").mark, "good");
  assert.equal(tellFeed("down").mark, "bad");
  assert.equal(tellFeed("on_a_break").text, "On a break");
  assert.equal(tellProvider("quota_used_up").mark, "warn");
  assert.deepEqual(tellBreaker({ state: "closed", failures: 0 }), { mark: "good", text: "Closed" });
  assert.deepEqual(tellBreaker({ state: "open", failures: 5 }), { mark: "bad", text: "Open, 5 failed in a row" });
});

test("the feed's count is read as the server writes it", () => {
  assert.deepEqual(readFeed(parseExact('{"state":"live","symbols":15}') as object), { state: "live", symbolsN: 15 });
  assert.deepEqual(readFeed({}), { state: null, symbolsN: null });
});

test("slices have names for people, and the code beside them", () => {
  const slice = (name: string): Slice => ({ kind: "group", name, value: Decimal.from("1") });
  assert.deepEqual(nameSlice(slice("US"), "country", "en-US"), { name: "United States", code: "US" });
  assert.deepEqual(nameSlice(slice("CHF"), "currency", "en-US"), { name: "Swiss Franc", code: "CHF" });
  assert.deepEqual(nameSlice(slice("GBp"), "currency", "en-US"), { name: "GBp", code: null });
  assert.deepEqual(nameSlice(slice("EQUITY"), "asset_class"), { name: "Shares", code: null });
  assert.deepEqual(nameSlice(slice("Elbonia"), "country"), { name: "Elbonia", code: null });
  assert.deepEqual(nameSlice({ kind: "cash", value: Decimal.from("1") }, "symbol"), { name: "Cash", code: null });
  assert.deepEqual(nameSlice({ kind: "unknown", value: Decimal.from("1") }, "sector"), {
    name: "Not known",
    code: null,
  });
  assert.equal(parseBy("sector"), "sector");
  assert.equal(parseBy("colour"), "symbol");
});

test("a bar is within its frame", () => {
  assert.equal(barWidth({ number: 0.25 }), 25);
  assert.equal(barWidth({ number: -0.25 }), 0);
  assert.equal(barWidth({ number: 1.25 }), 100);
  assert.equal(barWidth(undefined), 0);
});
