import assert from "node:assert/strict";
import { test } from "node:test";
import { Decimal } from "@portfolio-stream/client";
import { closesLine, splitFactorSince, splitsOf, tellAction, type CorporateAction } from "../src/assets/bars";
import { holdersOf, type Investment } from "../src/assets/lots";
import { newestPrice, priceOfAnswer, priceOfRow } from "../src/assets/price";

const d = (text: string): Decimal => Decimal.from(text);

const ACTIONS: readonly CorporateAction[] = [
  { date: "2026-01-05", type: "DIVIDEND", amount: d("0.2500") },
  { date: "2026-01-06", type: "SPLIT", numerator: 4, denominator: 1 },
  { date: "2026-02-02", type: "SPLIT", numerator: 1, denominator: 2 },
  { date: "2026-03-02", type: "SPINOFF", price_factor: d("0.8") },
];

test("what is drawn has later splits undone, what is told is what was paid", () => {
  const splits = splitsOf(ACTIONS);
  assert.equal(splitFactorSince("2026-01-05", splits), 2);
  assert.equal(splitFactorSince("2026-01-06", splits), 0.5);
  assert.equal(splitFactorSince("2026-02-02", splits), 1);
  const line = closesLine(
    [
      { date: "2026-01-05", close: d("400.10") },
      { date: "2026-02-02", close: d("210") },
    ],
    splits,
  );
  assert.deepEqual(
    line.points.map((point) => [point.value.text, point.drawn]),
    [
      ["400.10", 200.05],
      ["210", undefined],
    ],
  );
});

test("actions are told in words", () => {
  assert.deepEqual(
    ACTIONS.map((action) => tellAction(action).name),
    ["Dividend", "Split", "Split", "Spin-off"],
  );
  assert.equal(tellAction(ACTIONS[0]!).amount?.text, "0.2500");
  assert.equal(tellAction(ACTIONS[1]!).what, "4 for 1");
  assert.equal(tellAction(ACTIONS[3]!).what, "prices before it × 0.8");
});

test("a row's price says since when it changed; a row without one says nothing", () => {
  const row = {
    current_price: d("101.5"),
    previous_close: d("100"),
    currency: "USD",
    price_as_of: "2026-01-05T15:30:00.000Z",
    stale: true,
  };
  const price = priceOfRow(row);
  assert.equal(price?.change?.text, "1.5");
  assert.equal(price?.changePercent?.text, "1.5");
  assert.equal(price?.day, "2026-01-05");
  assert.equal(price?.isStale, true);
  const { previous_close: _, ...fresh } = row;
  assert.equal(priceOfRow(fresh)?.changePercent, undefined);
  assert.equal(priceOfRow({ currency: "USD" }), null);
  assert.equal(priceOfRow(undefined), null);
});

test("REST's price has the change that the server computed", () => {
  const price = priceOfAnswer({
    ticker_symbol: "AAPL",
    price: d("189.84"),
    previous_close: d("188.1"),
    currency: "USD",
    as_of: "2026-01-06T00:30:00.000Z",
    source: "manual",
    session: "2026-01-05",
    stale: false,
    change_today: d("0.00925"),
  });
  assert.equal(price.changePercent?.text, "0.925");
  assert.equal(price.change?.text, "1.74");
  assert.equal(price.day, "2026-01-05");
  assert.equal(
    newestPrice([null, price, { ...price, asOf: "2026-01-06T00:30:01.000Z", isStale: true }])?.isStale,
    true,
  );
  assert.equal(newestPrice([price, { ...price, isStale: true }])?.isStale, false);
  assert.equal(newestPrice([]), null);
});

test("holders are portfolios, with the shares of today", () => {
  const lot = (portfolio_id: string, quantity: string, current?: string): Investment => ({
    investment_id: "",
    portfolio_id,
    ticker_symbol: "AAPL",
    quantity: d(quantity),
    purchase_price: d("1"),
    purchase_date: "2026-01-05",
    fee: d("0"),
    currency: "USD",
    cost_basis: d("1"),
    created_at: "",
    updated_at: "",
    ...(current ? { current_quantity: d(current) } : {}),
  });
  const holders = holdersOf([lot("b", "0.1"), lot("a", "10", "40"), lot("b", "0.2")]);
  assert.deepEqual(
    holders.map((one) => [one.portfolioId, one.lotsN, one.quantity?.text]),
    [
      ["b", 2, "0.3"],
      ["a", 1, "40"],
    ],
  );
  assert.deepEqual(holdersOf([]), []);
});
