// A portfolio in the dashboard: exact numbers, prices that move, and life after what can happen to a server.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { expectCell, expectMark, expectTotal, positionRow } from "./support/portfolio_page";
import { Scene } from "./support/scene";
import { eventually, expectCount, expectText, expectVisible, plain } from "./support/wait";

const scene = Scene.prepare();

/** What a reload would lose. */
async function mark(page: Page): Promise<void> {
  await page.evaluate("window.isTheSamePage = true");
}

async function expectSamePage(page: Page): Promise<void> {
  assert.equal(await page.evaluate("window.isTheSamePage"), true);
}

test("numbers are shown to the last digit, in the user's own way", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Large", [["AAPL", 12345678.00000001, 0.5], ["KO", 1, 3]]);
  const english = await scene.visit(`#/portfolios/${id}`, ada);
  // No price yet: said so, and not counted as nothing.
  await expectText(positionRow(english.page, "AAPL").getByRole("rowheader"), /^AAPL ?no price$/);
  await expectCell(english.page, "AAPL", "current_price", "–");
  await expectVisible(english.page.getByText("2 positions have no price"));
  await stack.price("AAPL", 90000000.12345678);
  await expectCell(english.page, "AAPL", "current_price", "90,000,000.12345678");
  // More digits than a binary fraction holds.
  await expectCell(english.page, "AAPL", "current_value", "1,111,111,021,524,158.55279684");
  await expectTotal(english.page, "total_value", "1,111,111,021,524,158.55279684");
  await expectVisible(english.page.getByText("1 position has no price"));
  const german = await scene.visit(`#/portfolios/${id}`, ada, { locale: "de-DE" });
  await expectCell(german.page, "AAPL", "current_value", "1.111.111.021.524.158,55279684");
  const indian = await scene.visit(`#/portfolios/${id}`, ada, { locale: "en-IN" });
  await expectCell(indian.page, "AAPL", "current_price", "9,00,00,000.12345678");
  for (const visitor of [english, german, indian]) await visitor.leave();
});

const COLUMNS = [
  "quantity",
  "average_cost",
  "previous_close",
  "current_price",
  "day_change_percent",
  "day_change",
  "current_value",
  "cost_basis",
  "gain_loss",
  "gain_loss_percent",
];
const OWN_CURRENCY = ["quantity", "average_cost", "previous_close", "current_price"];
const TOTALS = COLUMNS.filter((name) => /^(day_|gain_|cost_)/.test(name)).concat("total_value", "cash_balance");

/** A number as the page has it in English, as the contract writes it. */
const canonical = (text: string | null): string =>
  plain(text)
    .replace(/[,+%]/g, "")
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");

test("every number of a portfolio in two currencies is the server's, gains and losses of the day and in all", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const publish = (symbol: string, price: string, close: string, currency: string): Promise<unknown> =>
    stack.ask("publish", { quotes: [{ symbol, price: Number(price), previous_close: Number(close), currency }] });
  await publish("EUR/USD", "1.08765432", "1.1", "USD");
  await publish("VOW", "101.5", "99.25", "EUR");
  await publish("DOWN", "0.00000001", "0.00000003", "USD");
  await publish("UP", "89999999.12345678", "95000000.5", "USD");
  const id = await stack.portfolio(ada, "Both", [["DOWN", 12345678.9, 0.5], ["UP", 3.00000001, 80000000.25]]);
  const foreign = { quantity: 7.5, purchase_price: 110, fx_rate: 1.2, fee: 3, purchase_date: "2024-01-02" };
  const lot = { portfolio_id: id, ticker_symbol: "VOW", ...foreign };
  assert.equal((await stack.rest("POST", "/investments", lot, ada)).status, 201);
  const visitor = await scene.visit(`#/portfolios/${id}?columns=${COLUMNS.join()}`, ada);
  const { page } = visitor;
  // The server comes to know each of them by itself, and the rate, without which the mark is another one.
  for (const [symbol, price] of [["DOWN", "0.00000001"], ["UP", "89,999,999.12345678"], ["VOW", "101.50"]] as const)
    await expectCell(page, symbol, "current_price", price);
  await expectText(positionRow(page, "VOW").getByRole("rowheader"), /^VOW ?EUR$/);
  const answer = await fetch(`${stack.url}/portfolios/${id}/valuation`, {
    headers: { Authorization: `Bearer ${ada.token}` },
  });
  // Numbers as their text: JSON.parse would round some of them.
  const exact = (await answer.text()).replace(/":(-?[0-9.]+)/g, '":"$1"');
  type Members = Record<string, string | undefined>;
  const { data } = JSON.parse(exact) as { data: { totals: Members; positions: Record<string, Members> } };
  const member = (of: Members, name: string): string => of[name] ?? "–";
  for (const [symbol, position] of Object.entries(data.positions)) {
    const row = positionRow(page, symbol);
    for (const name of COLUMNS) {
      const isForeign = position["currency"] !== "USD" && !OWN_CURRENCY.includes(name);
      const shown = canonical(await row.locator(`[data-column="${name}"]`).textContent());
      assert.equal(shown, member(position, isForeign ? `${name}_base` : name), `${symbol} ${name}`);
    }
  }
  assert.equal(Object.keys(data.positions).length, 3);
  for (const name of TOTALS)
    assert.equal(canonical(await page.locator(`[data-total="${name}"]`).textContent()), member(data.totals, name), name);
  // And what was paid is what PostgreSQL has.
  const [[paid]] = (await stack.sql(
    "SELECT trim_scale(sum(round((round(quantity * purchase_price, 8) + fee) * coalesce(fx_rate, 1), 8)))::text " +
      "FROM investments WHERE portfolio_id = %s::uuid",
    [id],
  )) as [[string]];
  assert.equal(canonical(await page.locator('[data-total="cost_basis"]').textContent()), paid);
  await expectTotal(page, "day_change", /^-/);
  assert.match((await page.locator('[data-total="day_change"] .number').getAttribute("class")) ?? "", /\bdown\b/);
  await visitor.leave();
});

for (const how of ["stop", "kill"] as const) {
  test(`after a ${how} and a start it goes on where it was, with one delta`, async () => {
    const { stack } = scene;
    const ada = await stack.user();
    const id = await stack.portfolio(ada, "Growth", [["MSFT", 10, 150]]);
    await stack.price("MSFT", 160);
    const visitor = await scene.visit(`#/portfolios/${id}`, ada);
    await expectTotal(visitor.page, "total_value", "1,600.00");
    await expectMark(visitor.page, "Live");
    await mark(visitor.page);
    await (how === "stop" ? stack.stopServer() : stack.killServer());
    await expectMark(visitor.page, "Reconnecting");
    await expectTotal(visitor.page, "total_value", "1,600.00"); // what was known stays
    await expectVisible(visitor.page.getByText("Last known state", { exact: true }));
    await stack.startServer();
    await expectMark(visitor.page, "Live");
    await stack.price("MSFT", 161.5);
    await expectTotal(visitor.page, "total_value", "1,615.00");
    await expectCount(visitor.page.getByText("Last known state", { exact: true }), 0);
    await expectSamePage(visitor.page);
    assert.equal(await stack.metric('pf_resumes_total{recovered="true"}'), 1);
    await visitor.leave();
  });
}

test("the countdown counts, and a press does not wait for its end", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const visitor = await scene.visit("", ada);
  const { page } = visitor;
  await visitor.context.addInitScript(`
    window.told = []; // how many connections were tried, and what was said then
    const Real = WebSocket;
    let triedN = 0;
    window.WebSocket = class extends Real {
      constructor(...all) {
        super(...all);
        triedN += 1;
      }
    };
    const look = () => told.push([triedN, document.querySelector(".connection-detail")?.textContent ?? ""]);
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
    window.press = () => {
      const before = triedN;
      document.querySelector(".connection button").click();
      return triedN - before;
    };
  `);
  await page.reload();
  await expectMark(page, "Live");
  await stack.killServer();
  await eventually(async () => {
    const told = (await page.evaluate("told")) as [number, string][];
    const left = told.flatMap(([tried, text]) => {
      const seconds = /^in (\d+) s$/.exec(text)?.[1];
      return seconds === undefined ? [] : [{ tried, seconds: Number(seconds) }];
    });
    const isCounted = ({ tried, seconds }: (typeof left)[number], at: number): boolean =>
      left[at + 1]?.tried === tried && Number(left[at + 1]?.seconds) < seconds;
    assert.ok(left.some(isCounted));
  });
  await eventually(async () => assert.equal(await page.evaluate("press()"), 1)); // not while one is tried
  await stack.startServer();
  await expectMark(page, "Live");
  await visitor.leave();
});

test("what is added in one browser appears in the other", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Shared", [["NVDA", 10, 100]]);
  await stack.price("NVDA", 110);
  await stack.price("KO", 60);
  const [one, other] = [await scene.visit(`#/portfolios/${id}`, ada), await scene.visit(`#/portfolios/${id}`, ada)];
  await expectTotal(other.page, "total_value", "1,100.00");
  const lot = await stack.lot(ada, id, ["KO", 2, 50]);
  for (const { page } of [one, other]) {
    await expectCell(page, "KO", "current_value", "120.00");
    await expectTotal(page, "total_value", "1,220.00");
  }
  await stack.rest("DELETE", `/investments/${lot}`, null, ada);
  await expectCount(positionRow(other.page, "KO"), 0);
  await expectTotal(other.page, "total_value", "1,100.00");
  await one.leave();
  await other.leave();
});

test("prices whose source is away are marked stale, and live again after", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Stale", [["IBM", 10, 100]]);
  await stack.price("IBM", 110);
  const visitor = await scene.visit(`#/portfolios/${id}`, ada);
  await expectTotal(visitor.page, "total_value", "1,100.00");
  await stack.kill("redis");
  await expectVisible(visitor.page.getByText("Stale prices"));
  await stack.revive("redis");
  await eventually(() => stack.price("IBM", 120));
  await expectTotal(visitor.page, "total_value", "1,200.00");
  await expectCount(visitor.page.getByText("Stale prices"), 0);
  await visitor.leave();
});

test("a state of another day says of which", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Old", [["OLD", 1, 100]]);
  const visitor = await scene.visit("", ada);
  const { page, context } = visitor;
  const asOf = page.locator(".portfolio-head").getByText(/^As of/);
  await visitor.go(`#/portfolios/${id}`);
  await expectText(asOf, /^As of \d+:\d+:\d+ [AP]M$/);
  await context.addInitScript("const now = Date.now; Date.now = () => now() + 2 * 86_400_000;");
  await page.reload();
  await expectText(asOf, /^As of [A-Z][a-z]{2} \d+, \d+:\d+ [AP]M$/);
  await visitor.leave();
});

test("offline it keeps what it knew, and catches up when the network is back", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Travel", [["TSLA", 10, 100]]);
  await stack.price("TSLA", 110);
  const visitor = await scene.visit(`#/portfolios/${id}`, ada);
  await expectTotal(visitor.page, "total_value", "1,100.00");
  await mark(visitor.page);
  await visitor.context.setOffline(true);
  await expectMark(visitor.page, "Offline");
  await stack.price("TSLA", 120);
  await expectTotal(visitor.page, "total_value", "1,100.00");
  await visitor.context.setOffline(false);
  await expectMark(visitor.page, "Live");
  await expectTotal(visitor.page, "total_value", "1,200.00");
  await expectSamePage(visitor.page);
  await visitor.leave();
});

test("a portfolio that is deleted meanwhile says so", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Short-lived", [["F", 1, 10]]);
  const visitor = await scene.visit(`#/portfolios/${id}`, ada);
  await expectCount(positionRow(visitor.page, "F"), 1);
  await stack.rest("DELETE", `/portfolios/${id}?cascade=true`, null, ada);
  await expectVisible(visitor.page.getByText("This portfolio is gone")); // not: there is none
  await visitor.leave();
});

test("a portfolio of shares says that their market is closed", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  await stack.stopServer();
  const days = [-1, 0, 1].map((day) => new Date(Date.now() + day * 86_400_000).toISOString().slice(0, 10));
  await stack.startServer({ MARKET_CLOSED_DATES: days.join() });
  const id = await stack.portfolio(ada, "Listed", [["AAPL", 1, 100]]);
  await stack.ask("publish", { quotes: [{ symbol: "AAPL", price: 150, currency: "USD", source: "polygon" }] });
  const visitor = await scene.visit(`#/portfolios/${id}`, ada);
  const { page } = visitor;
  await expectTotal(page, "total_value", "150.00");
  await expectVisible(page.getByText("Market closed"));
  await visitor.go("");
  await expectVisible(page.getByRole("row", { name: /Listed/ }).getByText("market closed"));
  // What moves after hours is live for that moment: until the next heartbeat, which may come at once.
  let price = 150;
  await eventually(async () => {
    price += 1;
    await stack.ask("publish", { quotes: [{ symbol: "AAPL", price, currency: "USD", source: "polygon" }] });
    await expectCount(page.getByText("market closed"), 0, 500);
  });
  await expectText(page.locator('[data-sum="total_value"]'), `${price}.00`);
  await expectCount(page.getByText("market closed"), 1);
  await visitor.leave();
});
