import assert from "node:assert/strict";
import { test } from "node:test";
import { Decimal } from "@portfolio-stream/client";
import { firstDayOf, readAsked, tellError } from "../src/returns/asked";
import { growthOf, priceGrowthOf, withEnd, type ValuedDay } from "../src/returns/index_line";
import { largestShare, orderContributions } from "../src/returns/order";

const day = (date: string, value: string, inflow = "0", outflow = "0"): ValuedDay => ({
  date,
  value: { text: value },
  inflow: { text: inflow },
  outflow: { text: outflow },
});
const texts = (points: readonly { date: string; value: { text: string } }[]): string[] =>
  points.map((point) => `${point.date} ${point.value.text}`);

test("growth is the product of the days, without what was put in or taken out", () => {
  const days = [day("2026-01-05", "110", "100"), day("2026-01-06", "220", "100"), day("2026-01-07", "100", "0", "98")];
  // 110/100; 220/(110+100); (100+98)/220
  assert.deepEqual(texts(growthOf(days, undefined)), ["2026-01-05 0.1", "2026-01-06 0.152381", "2026-01-07 0.037143"]);
});

test("a range opens with the close before it", () => {
  const days = [
    day("2026-01-02", "50", "40"),
    day("2026-01-05", "100"),
    day("2026-01-06", "103"),
    day("2026-01-07", "99"),
  ];
  assert.deepEqual(texts(growthOf(days, "2026-01-06")), ["2026-01-05 0", "2026-01-06 0.03", "2026-01-07 -0.01"]);
  assert.deepEqual(texts(growthOf(days, "2026-01-02")), [
    "2026-01-02 0.25",
    "2026-01-05 1.5",
    "2026-01-06 1.575",
    "2026-01-07 1.475",
  ]);
  assert.deepEqual(growthOf([], "2026-01-02"), []);
});

test("a day that begins with nothing changes nothing", () => {
  const days = [day("2026-01-05", "0"), day("2026-01-06", "110", "100")];
  assert.deepEqual(texts(growthOf(days, "2026-01-06")), ["2026-01-06 0.1"]);
  assert.deepEqual(texts(growthOf(days, undefined)), ["2026-01-05 0", "2026-01-06 0.1"]);
});

test("growth is exact where a binary fraction is not, and rounds half away from zero", () => {
  const days = [day("2026-01-05", "90000000000000000.00000001"), day("2026-01-06", "90000000000000000.00000002")];
  assert.deepEqual(texts(growthOf(days, "2026-01-06")).slice(-1), ["2026-01-06 0"]);
  const halves = [day("2026-01-05", "2000000"), day("2026-01-06", "1999999"), day("2026-01-07", "2000001")];
  assert.deepEqual(texts(growthOf(halves, "2026-01-06")).slice(1), ["2026-01-06 -0.000001", "2026-01-07 0.000001"]);
});

test("a benchmark grows by its price, splits undone", () => {
  const bars = [
    ["2026-01-02", "400"],
    ["2026-01-05", "410"],
    ["2026-01-06", "102.5"],
    ["2026-01-07", "110"],
  ] as const;
  const closes = bars.map(([date, text]) => ({ date, close: { text } }));
  const splits = [
    { date: "2026-01-06", numerator: 4, denominator: 1 },
    { date: "2026-01-02", numerator: 3, denominator: 1 },
  ];
  assert.deepEqual(texts(priceGrowthOf(closes, splits, "2026-01-05")), [
    "2026-01-02 0",
    "2026-01-05 0.025",
    "2026-01-06 0.025",
    "2026-01-07 0.1",
  ]);
  assert.deepEqual(texts(priceGrowthOf(closes, splits, undefined)).slice(0, 1), ["2026-01-02 0"]);
  assert.deepEqual(priceGrowthOf([], splits, undefined), []);
});

test("the line ends with the server's own number", () => {
  const points = [
    { date: "2026-01-05", value: { text: "0" } },
    { date: "2026-01-06", value: { text: "0.1" } },
  ];
  assert.deepEqual(texts(withEnd(points, "2026-01-06", { text: "0.11" })), ["2026-01-05 0", "2026-01-06 0.11"]);
  assert.deepEqual(texts(withEnd(points, "2026-01-08", { text: "0.12" })).slice(1), [
    "2026-01-06 0.1",
    "2026-01-08 0.12",
  ]);
  assert.equal(withEnd(points, "2026-01-05", { text: "0.12" }), points);
  assert.equal(withEnd(points, "2026-01-08", undefined), points);
  assert.deepEqual(withEnd([], "2026-01-08", { text: "1" }), []);
});

test("the URL says the range, or the days", () => {
  const asked = (query: string) => readAsked(new URLSearchParams(query), "2026-11-21");
  assert.deepEqual(asked(""), { range: "1Y", start: "2025-11-22", end: "", benchmark: "" });
  assert.deepEqual(asked("range=ytd&benchmark= spy "), {
    range: "YTD",
    start: "2026-01-01",
    end: "",
    benchmark: "SPY",
  });
  assert.deepEqual(asked("range=ALL"), { range: "ALL", start: "", end: "", benchmark: "" });
  assert.deepEqual(asked("start=2026-02-01"), { range: null, start: "2026-02-01", end: "", benchmark: "" });
  assert.deepEqual(asked("end=2026-02-01&range=nonsense"), {
    range: null,
    start: "",
    end: "2026-02-01",
    benchmark: "",
  });
  assert.equal(firstDayOf("1W", "2026-11-21"), "2026-11-15");
  assert.equal(tellError("must not be after end_date"), "must not be after the last day");
  assert.equal(tellError(undefined), undefined);
});

test("contributions stand by what they gave", () => {
  const one = (ticker_symbol: string, gain: string, contribution?: string) => ({
    ticker_symbol,
    gain: Decimal.from(gain),
    ...(contribution ? { contribution: Decimal.from(contribution) } : {}),
  });
  const all = [one("B", "-5", "-0.4"), one("C", "2"), one("A", "2", "0.1")];
  assert.deepEqual(
    orderContributions(all).map((row) => row.ticker_symbol),
    ["A", "C", "B"],
  );
  assert.equal(largestShare(all), 0.4);
  assert.equal(largestShare([]), 0);
});
