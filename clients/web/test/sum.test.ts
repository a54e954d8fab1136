import assert from "node:assert/strict";
import { test } from "node:test";
import { Decimal } from "@portfolio-stream/client";
import { difference, percentOf, sumExact } from "../src/sum";
import { sumByCurrency } from "../src/overview/sums";

const text = (value: string): { text: string } => ({ text: value });

test("sums are exact at any size, and nothing is no zero", () => {
  assert.deepEqual(sumExact([text("0.1"), text("0.2"), undefined]), text("0.3"));
  assert.deepEqual(
    sumExact([text("9007199254740993.00000001"), text("-0.00000002")]),
    text("9007199254740992.99999999"),
  );
  assert.deepEqual(sumExact([text("-1.5"), text("1")]), text("-0.5"));
  assert.deepEqual(sumExact([text("1"), text("-1")]), text("0"));
  assert.equal(sumExact([undefined]), undefined);
  assert.deepEqual(difference(text("1"), text("2.5")), text("-1.5"));
});

test("percents are rounded to 4 decimals, half away from zero", () => {
  assert.deepEqual(percentOf(text("1"), text("3")), text("33.3333"));
  assert.deepEqual(percentOf(text("2"), text("3")), text("66.6667"));
  assert.deepEqual(percentOf(text("-2"), text("3")), text("-66.6667"));
  assert.deepEqual(percentOf(text("0.00000125"), text("0.01")), text("0.0125"));
  assert.deepEqual(percentOf(text("0.0000005"), text("1")), text("0.0001"));
  assert.deepEqual(percentOf(text("-0.0000005"), text("1")), text("-0.0001"));
  assert.equal(percentOf(text("1"), text("0")), undefined);
  assert.equal(percentOf(undefined, text("1")), undefined);
});

const totals = (value: string, gain: string, day: string, dayPercent: string) => ({
  total_value: Decimal.from(value),
  gain_loss: Decimal.from(gain),
  day_change: Decimal.from(day),
  day_change_percent: Decimal.from(dayPercent),
  cash_balance: Decimal.from("10"),
  unpriced: 1, // is in none of the numbers
});

test("portfolios are summed currency by currency", () => {
  const [usd, chf] = sumByCurrency([
    { currency: "USD", totals: totals("110", "50", "20", "25") },
    { currency: "CHF", totals: totals("60", "-10", "1", "2.0408") },
    { currency: "USD", totals: totals("210", "50", "-20", "-9.0909") },
  ]);
  assert.equal(usd?.value?.text, "320");
  assert.equal(usd?.gain?.text, "100");
  assert.equal(usd?.gainPercent?.text, "50");
  assert.equal(usd?.dayChange?.text, "0");
  assert.equal(usd?.dayPercent?.text, "0");
  assert.equal(chf?.gainPercent?.text, "-16.6667");
  assert.equal(chf?.dayPercent?.text, "2.0408");
});

test("a day's percent is not told where something has a value and no previous close", () => {
  // 100 of the 200 have a close, at 90: the server's percent is of 90, not of 190.
  const part = totals("210", "0", "10", "11.1111");
  const [sum] = sumByCurrency([
    { currency: "USD", totals: part },
    { currency: "USD", totals: totals("110", "50", "20", "25") },
  ]);
  assert.equal(sum?.dayChange?.text, "30");
  assert.equal(sum?.dayPercent, undefined);
});

test("a day of 0 does not say of how much: no percent of the sum, but where that is 0 too", () => {
  // 100 of the 200 have a close, and did not move.
  const still = { currency: "USD", totals: totals("210", "0", "0", "0") };
  const moved = { currency: "USD", totals: totals("110", "50", "20", "25") };
  assert.equal(sumByCurrency([still, moved])[0]?.dayChange?.text, "20");
  assert.equal(sumByCurrency([still, moved])[0]?.dayPercent, undefined);
  assert.equal(sumByCurrency([still, still])[0]?.dayPercent?.text, "0");
  // Too little for four decimals, too.
  const hardly = { currency: "USD", totals: totals("210", "0", "0.00001", "0") };
  assert.equal(sumByCurrency([hardly, moved])[0]?.dayPercent, undefined);
  const cash = { total_value: Decimal.from("10"), cash_balance: Decimal.from("10"), day_change: Decimal.from("0") };
  assert.equal(sumByCurrency([{ currency: "USD", totals: cash }, moved])[0]?.dayPercent?.text, "25");
});
