// A portfolio in the dashboard: exact numbers, prices that move, and life after what can happen to a server.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { expectCell, expectMark, expectTotal, positionRow } from "./support/portfolio_page";
import { Scene } from "./support/scene";
import { eventually, expectCount, expectText, expectVisible } from "./support/wait";

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
    await stack.startServer();
    await expectMark(visitor.page, "Live");
    await stack.price("MSFT", 161.5);
    await expectTotal(visitor.page, "total_value", "1,615.00");
    await expectSamePage(visitor.page);
    assert.equal(await stack.metric('pf_resumes_total{recovered="true"}'), 1);
    await visitor.leave();
  });
}

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
  await expectVisible(visitor.page.getByText("It was deleted"));
  await visitor.leave();
});
