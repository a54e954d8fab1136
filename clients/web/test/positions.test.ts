import assert from "node:assert/strict";
import { test } from "node:test";
import { Decimal, type Position } from "@portfolio-stream/client";
import { COLUMNS, formatColumns, parseColumns } from "../src/positions/columns";
import { markOf } from "../src/positions/marks";
import { formatSort, matchesFilter, nextOrder, orderRows, parseSort } from "../src/positions/rows";
import { Widths } from "../src/positions/widths";
import { rowWindow } from "../src/positions/window";

const position = (values: Record<string, string>): Position =>
  Object.fromEntries(
    Object.entries({ currency: "USD", ...values }).map(([name, text]) => [
      name,
      /^-?\d/.test(text) && name !== "price_as_of" ? Decimal.from(text) : text,
    ]),
  ) as unknown as Position;

const POSITIONS = {
  AAPL: position({
    current_value: "9007199254740993.00000001",
    gain_loss: "-5",
    price_as_of: "2026-01-05T15:30:00.000Z",
  }),
  KO: position({}),
  MSFT: position({
    current_value: "9007199254740993.00000002",
    gain_loss: "10.5",
    price_as_of: "2026-01-05T15:29:00.000Z",
  }),
  NESN: position({
    currency: "CHF",
    current_value: "1",
    gain_loss: "99",
    current_value_base: "1.1",
    gain_loss_base: "9",
  }),
  "RR.L": position({ currency: "GBP", current_value: "5", gain_loss: "1" }),
};

const order = (sort: string, filter = ""): string => orderRows(POSITIONS, "USD", parseSort(sort), filter).join(" ");

test("rows are sorted exactly, also where a double cannot tell them apart", () => {
  assert.equal(order("current_value"), "NESN AAPL MSFT KO RR.L");
  assert.equal(order("-current_value"), "MSFT AAPL NESN KO RR.L");
});

test("amounts of another currency count in the portfolio's, and only while the rate is known", () => {
  assert.equal(order("-gain_loss"), "MSFT NESN AAPL KO RR.L");
  assert.equal(order("gain_loss"), "AAPL NESN MSFT KO RR.L");
});

test("times and symbols are sorted too, and what is unknown is by symbol", () => {
  assert.equal(order("-price_as_of"), "AAPL MSFT KO NESN RR.L");
  assert.equal(order("-ticker_symbol"), "RR.L NESN MSFT KO AAPL");
  assert.equal(order("__proto__"), "AAPL KO MSFT NESN RR.L");
  assert.equal(order(""), "AAPL KO MSFT NESN RR.L");
});

test("the filter is a part of the symbol, in any case", () => {
  assert.equal(order("ticker_symbol", " s"), "MSFT NESN");
  assert.equal(order("ticker_symbol", "r.l"), "RR.L");
  assert.equal(order("ticker_symbol", "x"), "");
  assert.equal(matchesFilter("AAPL", ""), true);
});

test("a header sorts numbers the largest first, then the other way round", () => {
  const first = nextOrder(parseSort(null), "gain_loss");
  assert.equal(formatSort(first), "-gain_loss");
  assert.equal(formatSort(nextOrder(first, "gain_loss")), "gain_loss");
  assert.equal(formatSort(nextOrder(first, "ticker_symbol")), "ticker_symbol");
  assert.deepEqual(parseSort(formatSort(first)), first);
});

test("columns of a URL are those that exist, in the table's order", () => {
  assert.deepEqual(
    parseColumns("gain_loss,nonsense,quantity").map((column) => column.key),
    ["quantity", "gain_loss"],
  );
  assert.deepEqual(parseColumns("none"), []);
  assert.equal(formatColumns(new Set(["gain_loss", "quantity"])), "quantity,gain_loss");
});

test("the window holds what is seen and a few beyond, and never what is not there", () => {
  assert.deepEqual(rowWindow({ top: 0, height: 100 }, 10, 1000, 2), { first: 0, end: 12 });
  assert.deepEqual(rowWindow({ top: 505, height: 100 }, 10, 1000, 2), { first: 48, end: 63 });
  assert.deepEqual(rowWindow({ top: 9990, height: 100 }, 10, 1000, 2), { first: 997, end: 1000 });
  assert.deepEqual(rowWindow({ top: 50000, height: 100 }, 10, 1000, 2), { first: 1000, end: 1000 });
  assert.deepEqual(rowWindow({ top: -30, height: 100 }, 10, 5, 2), { first: 0, end: 5 });
  assert.deepEqual(rowWindow({ top: 0, height: 0 }, 10, 0, 2), { first: 0, end: 0 });
});

test("rows are marked by what is wrong with them, the worst first", () => {
  const mark = (values: Record<string, string>, more: Partial<Position> = {}): string =>
    markOf({ ...position(values), ...more }, "USD").text;
  assert.equal(mark({}), "no price");
  assert.equal(mark({ current_price: "1" }), "");
  assert.equal(mark({ current_price: "1" }, { stale: true }), "stale");
  assert.equal(mark({ current_price: "1", currency: "CHF" }, { stale: true }), "no rate");
  assert.equal(mark({ current_price: "1", currency: "CHF", current_value_base: "1.1" }), "CHF");
  assert.equal(mark({ current_price: "1", currency: "CHF", current_value_base: "1.1" }, { stale: true }), "stale");
});

test("columns grow with their numbers and never shrink", () => {
  const value = COLUMNS.filter((column) => column.key === "current_value");
  const widths = new Widths();
  const [column] = value;
  assert.ok(column);
  assert.equal(widths.grow(position({ current_value: "1234.5" }), value, "USD"), true);
  assert.equal(widths.restDigits(column), 0);
  const before = widths.digits(column);
  assert.equal(widths.grow(position({ current_value: "-9999.25" }), value, "USD"), false);
  assert.equal(widths.grow(position({ current_value: "1.12345678" }), value, "USD"), true);
  assert.equal(widths.restDigits(column), 6);
  assert.ok(widths.digits(column) > before);
  assert.equal(widths.grow(position({}), value, "USD"), false);
});
