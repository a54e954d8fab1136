import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiProblem } from "@portfolio-stream/client";
import { browserName } from "../src/account/browser_name";
import { saveOver, type Stored } from "../src/correction";
import { decimalText, markHint, readAs } from "../src/decimal_text";
import { numberStyle } from "../src/format";
import { takeHoldings } from "../src/investments/holdings_watch";
import { lotBody } from "../src/investments/lot_body";
import { mayBeDone, Once, Uncertain } from "../src/once";
import { mayAdminister, mayChange } from "../src/rights";
import { moved } from "../src/ui/combobox";
import type { Me } from "../src/who";

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
  const typed = {
    ticker_symbol: " AAPL ",
    quantity: "90000000,12345678",
    purchase_price: "0,1",
    purchase_date: "2025-03-14",
    fee: "",
    external_id: "1,5",
  };
  for (const [name, value] of Object.entries(typed)) form.set(name, value);
  assert.deepEqual(lotBody(form, german), {
    ticker_symbol: "AAPL",
    quantity: "90000000.12345678",
    purchase_price: "0.1",
    purchase_date: "2025-03-14",
    external_id: "1,5",
  });
});

const problem = (status: number, code?: string): ApiProblem => new ApiProblem(status, code ? { code } : {});

test("a request keeps its key for as long as it is not known what became of it", async () => {
  let keysN = 0;
  const once = new Once(() => `key ${++keysN}`);
  const keys: string[] = [];
  const send = (content: unknown, outcome: unknown): Promise<unknown> =>
    once.send(content, (key) => {
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

test("what is sent again before it is known what became of it has the same key", async () => {
  let keysN = 0;
  const first = new Once(() => `key ${++keysN}`);
  let answer = (_: string): void => undefined;
  const underWay = first.send({ n: 1 }, () => new Promise<string>((resolve) => (answer = resolve)));
  const again = first.copy();
  answer("made");
  await underWay;
  const keyOf = (once: Once, content: unknown): Promise<string> => once.send(content, (key) => Promise.resolve(key));
  assert.equal(await keyOf(again.copy(), { n: 2 }), "key 2"); // another thing
  assert.equal(await keyOf(again, { n: 1 }), "key 1");
  assert.equal(await keyOf(first, { n: 1 }), "key 3"); // another one that is equal
});

test("what was refused was not done, what was lost may have been", () => {
  for (const lost of [problem(0), problem(503), problem(503, "outcome_unknown"), problem(429), new Uncertain(problem(0))])
    assert.equal(mayBeDone(lost), true, lost.message);
  for (const refused of [problem(401), problem(422), new Error("Somebody changed this")])
    assert.equal(mayBeDone(refused), false, refused.message);
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
  const position = (quantity: string, cost: string, price: string) => ({
    quantity: { text: quantity },
    cost_basis: { text: cost },
    current_price: { text: price },
  });
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

test("a session's program is named in few words", () => {
  const linux = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)";
  assert.equal(browserName(`${linux} Chrome/120.0.0.0 Safari/537.36`), "Chrome on Linux");
  assert.equal(browserName(`${linux} Chrome/120.0.0.0 Safari/537.36 Edg/120.0`), "Edge on Linux");
  assert.equal(
    browserName(
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15",
    ),
    "Safari on macOS",
  );
  assert.equal(
    browserName("Mozilla/5.0 (Android 14; Mobile; rv:120.0) Gecko/120.0 Firefox/120.0"),
    "Firefox on Android",
  );
  assert.equal(browserName("curl/7.88.1"), "curl/7.88.1");
  assert.equal(browserName("x".repeat(400)).length, 41);
  assert.equal(browserName(undefined), "Unknown program");
});

test("what one may do is what is offered", () => {
  const me = (role: Me["role"], ...scopes: Me["scopes"]): Me => ({ role, credential: "session", scopes });
  assert.equal(mayChange(me("user", "read", "write")), true);
  assert.equal(mayChange(me("user", "read")), false);
  assert.equal(mayChange(me("advisor", "read", "write")), false);
  assert.equal(mayAdminister(me("user", "write")), false);
  assert.equal(mayAdminister(me("user", "administer")), false);
  assert.equal(mayAdminister(me("admin", "write")), false);
  assert.equal(mayAdminister(me("admin", "administer")), true);
});

test("nothing is saved over what somebody else stored, unless one has seen it", async () => {
  const stored: Stored<{ name: string; version: number }> = { value: { name: "first", version: 1 }, etag: "1" };
  const written: (string | undefined)[] = [];
  let now = stored;
  let shown: typeof stored | null = null;
  const save = (latest: typeof stored): Promise<string> =>
    saveOver({
      latest,
      write: async (etag) => {
        written.push(etag);
        if (etag !== now.etag) throw problem(412, "precondition_failed");
        return "saved";
      },
      read: async () => ({ data: now }),
      isSame: (one, other) => one.name === other.name,
      onOther: (newer) => {
        shown = newer;
      },
    });
  assert.equal(await save(stored), "saved");
  now = { value: { name: "first", version: 2 }, etag: "2" }; // nothing that one sees
  assert.equal(await save(stored), "saved");
  now = { value: { name: "second", version: 3 }, etag: "3" };
  await assert.rejects(save(stored), /Somebody changed this/);
  assert.equal(shown, now);
  assert.equal(await save(now), "saved");
  assert.deepEqual(written, ["1", "1", "2", "1", "3"]);
});
