import assert from "node:assert/strict";
import { test } from "node:test";
import { Decimal } from "@portfolio-stream/client";
import { countDoubtful, gainOver, linesOf, livePoint, type PortfolioDay } from "../src/history/value_history";

const day = (
  date: string,
  value: string,
  more: Partial<Record<"inflow" | "outflow" | "cost_basis", string>> & { estimated?: number; missing?: number } = {},
): PortfolioDay => ({
  date,
  value: Decimal.from(value),
  cost_basis: Decimal.from(more.cost_basis ?? "0"),
  gain_loss: Decimal.from("0"),
  inflow: Decimal.from(more.inflow ?? "0"),
  outflow: Decimal.from(more.outflow ?? "0"),
  estimated: more.estimated ?? 0,
  missing: more.missing ?? 0,
  is_live: false,
});

const DAYS = [
  day("2026-01-05", "100.00000001", { inflow: "90" }),
  day("2026-01-06", "150", { inflow: "40", estimated: 1 }),
  day("2026-01-07", "140", { outflow: "5.5", missing: 2 }),
];

test("a range's gain is the change since its first close, less what was put in", () => {
  const gained = gainOver(DAYS, null, false);
  assert.equal(gained?.added.text, "34.5");
  assert.equal(gained?.closing.text, "140");
  assert.equal(gained?.gain.text, "5.49999999");
  assert.equal(gained?.since, "2026-01-05");
});

test("from the first purchase on, all that was put in counts", () => {
  const gained = gainOver(DAYS, null, true);
  assert.equal(gained?.added.text, "124.5");
  assert.equal(gained?.gain.text, "15.5");
});

test("the live value is the range's end, unless the history is ahead of it", () => {
  assert.equal(gainOver(DAYS, { date: "2026-01-07", value: { text: "141.25" } }, false)?.gain.text, "6.74999999");
  assert.equal(gainOver(DAYS, { date: "2026-01-08", value: { text: "142" } }, false)?.closing.text, "142");
  assert.equal(gainOver(DAYS, { date: "2026-01-06", value: { text: "142" } }, false)?.closing.text, "140");
  assert.equal(gainOver([], { date: "2026-01-06", value: { text: "142" } }, false), null);
});

test("the live value is without cash, and none while something has no price", () => {
  const totals = (value: string, cash: string, unpriced = 0) => ({
    total_value: Decimal.from(value),
    cash_balance: Decimal.from(cash),
    unpriced,
  });
  const asOf = "2026-01-07T23:59:59.999Z";
  assert.deepEqual(livePoint(totals("12345678901234567890.12345678", "0.00000001"), asOf), {
    date: "2026-01-07",
    value: { text: "12345678901234567890.12345677" },
  });
  assert.deepEqual(livePoint(totals("10", "-2.5"), asOf)?.value, { text: "12.5" });
  assert.equal(livePoint(totals("10", "0", 1), asOf), null);
  assert.equal(livePoint(totals("10", "0"), null), null);
  assert.equal(livePoint(undefined, asOf), null);
});

test("days with estimates and gaps are counted, and lines have each day", () => {
  assert.deepEqual(countDoubtful(DAYS), { estimatedN: 1, missingN: 1 });
  assert.deepEqual(
    linesOf(DAYS).map((line) => [line.name, line.points.length]),
    [
      ["Value", 3],
      ["Paid", 3],
    ],
  );
});
