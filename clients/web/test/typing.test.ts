import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiProblem } from "@portfolio-stream/client";
import { decimalText, markHint, readAs } from "../src/decimal_text";
import { numberStyle } from "../src/format";
import { takeHoldings } from "../src/investments/holdings_watch";
import { lotBody } from "../src/investments/lot_body";
import { Once, Uncertain } from "../src/once";
import { moved } from "../src/ui/combobox";

const english = numberStyle("en-US");
const german = numberStyle("de-DE");
const egyptian = numberStyle("ar-EG");

test("a decimal goes as it was typed, with the locale's mark and digits for what they mean", () => {
  assert.equal(decimalText(" 12345678901234567890.12345678 ", english), "12345678901234567890.12345678");
  assert.equal(decimalText("1,5", german), "1.5");
  assert.equal(decimalText("1.5", german), "1.5");
  assert.equal(decimalText("1,5", english), "1,5"); // the server refuses it
  assert.equal(decimalText("1.234,5", german), "1.234,5"); // grouping is not taken off
  assert.equal(decimalText("1,2,3", german), "1,2,3");
  assert.equal(decimalText("١٢٫٥", egyptian), "12.5");
  assert.equal(decimalText("\u22123", english), "-3");
  assert.equal(decimalText("a lot", english), "a lot");
});

test("how it is read is said where it is not evident", () => {
  assert.equal(readAs("1.500", german), "1,500");
  assert.equal(readAs("1500", german), "1.500");
  assert.equal(readAs("1,5", german), null);
  assert.equal(readAs("12.5", english), null);
  assert.equal(readAs("-12.5", english), null);
  assert.equal(readAs("1,500", english), null); // it is no decimal here
  assert.equal(readAs("", english), null);
  assert.match(markHint(german), /1234,5 or 1234\.5/);
});

test("a form's body has every digit, and leaves out what was left empty", () => {
  const form = new FormData();
  const typed = { ticker_symbol: " AAPL ", quantity: "90000000,12345678", purchase_price: "0,1", purchase_date: "2025-03-14", fee: "", external_id: "1,5" };
  for (const [name, value] of Object.entries(typed)) form.set(name, value);
  assert.deepEqual(lotBody(form, german), {
    ticker_symbol: "AAPL", quantity: "90000000.12345678", purchase_price: "0.1", purchase_date: "2025-03-14", external_id: "1,5",
  });
});

const problem = (status: number, code?: string): ApiProblem => new ApiProblem(status, code ? { code } : {});

test("a request keeps its key for as long as it is not known what became of it", async () => {
  let keysN = 0;
  const once = new Once(() => `key ${++keysN}`);
  const keys: string[] = [];
  const send = (content: unknown, outcome: unknown): Promise<unknown> => once.send(content, (key) => {
    keys.push(key);
    return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
  });
  await assert.rejects(send({ n: 1 }, problem(0)), Uncertain); // no answer
  await assert.rejects(send({ n: 1 }, problem(503, "outcome_unknown")), Uncertain);
  await assert.rejects(send({ n: 1 }, problem(503, "unavailable")), ApiProblem);
  assert.equal(await send({ n: 1 }, "made"), "made");
  assert.deepEqual(keys, ["key 1", "key 1", "key 1", "key 1"]);
  await send({ n: 1 }, "made"); // another one that is equal
  await assert.rejects(send({ n: 2 }, problem(422)), ApiProblem); // nothing was done
  await send({ n: 2 }, "made");
  await assert.rejects(send({ n: 3 }, problem(0)), Uncertain);
  await send({ n: 4 }, "made"); // another thing: the same key would be refused
  assert.deepEqual(keys.slice(4), ["key 2", "key 3", "key 4", "key 5", "key 6"]);
});

test("keys lead round the list of suggestions", () => {
  assert.equal(moved("ArrowDown", -1, 3), 0);
  assert.equal(moved("ArrowDown", 2, 3), 0);
  assert.equal(moved("ArrowUp", -1, 3), 2);
  assert.equal(moved("ArrowUp", 0, 3), 2);
  assert.equal(moved("PageDown", 0, 3), 2);
  assert.equal(moved("Home", 0, 3), null); // the text's
  assert.equal(moved("ArrowDown", -1, 0), null);
});

test("holdings change by quantity and cost, not by price", () => {
  const position = (quantity: string, cost: string, price: string) =>
    ({ quantity: { text: quantity }, cost_basis: { text: cost }, current_price: { text: price } });
  type Positions = Parameters<typeof takeHoldings>[1];
  const state = (positions: object): Positions => positions as Positions;
  const held = new Map<string, string>();
  assert.equal(takeHoldings(held, state({ AAPL: position("1", "10", "9") }), null), true);
  assert.equal(takeHoldings(held, state({ AAPL: position("1", "10", "11") }), new Set(["AAPL", "totals"])), false);
  assert.equal(takeHoldings(held, state({ AAPL: position("1", "12", "11") }), new Set(["AAPL"])), true);
  assert.equal(takeHoldings(held, state({ AAPL: position("1", "12", "11") }), null), false);
  assert.equal(takeHoldings(held, state({}), null), true);
  assert.equal(takeHoldings(held, state({}), new Set(["totals"])), false);
});
