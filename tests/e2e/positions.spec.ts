// The table of positions: many rows of which few are there, its order and columns in the URL, what moves in it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { expectCell, expectTotal, positionRow } from "./support/portfolio_page";
import { Scene } from "./support/scene";
import type { Person, Stack } from "./support/stack";
import { eventually, expectCount, expectText, expectVisible, nextFrame } from "./support/wait";

const ROWS_N = 300;
const scene = Scene.prepare();
const rows = (page: Page) => page.locator(".grid tbody tr");
const symbolOf = (n: number): string => `S${String(n).padStart(3, "0")}`;

async function firstSymbols(page: Page, count: number): Promise<string[]> {
  const all = await rows(page).evaluateAll((elements) => elements.map((row) => row.getAttribute("data-symbol") ?? ""));
  return all.slice(0, count);
}

/** Three rows: a gain, a loss, and one without a price. */
async function threeRows(stack: Stack, owner: Person): Promise<string> {
  const id = await stack.portfolio(owner, "Three", [["AAA", 10, 100], ["BBB", 10, 100], ["CCC", 10, 100]]);
  await stack.price("AAA", 90, { previous_close: 100 });
  await stack.price("BBB", 120, { previous_close: 100 });
  return id;
}

test("of many rows only those near what is seen are there, and each says which it is", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Many");
  await stack.sql(
    "INSERT INTO assets (ticker_symbol, currency) " +
      "SELECT 'S' || lpad(i::text, 3, '0'), 'USD' FROM generate_series(1, %s) i",
    [ROWS_N],
  );
  await stack.sql(
    "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date) " +
      "SELECT %s, 'S' || lpad(i::text, 3, '0'), i, 10, '2024-01-02' FROM generate_series(1, %s) i",
    [id, ROWS_N],
  );
  const { page, leave } = await visit(id, ada);
  await expectVisible(page.getByText("300 positions", { exact: true }));
  const table = page.getByRole("table", { name: "Positions" });
  assert.equal(await table.getAttribute("aria-rowcount"), String(ROWS_N + 1));
  assert.ok((await rows(page).count()) < 60);
  await page.getByRole("region", { name: "Positions, scrollable" }).focus();
  await nextFrame(page);
  await page.keyboard.press("End");
  await expectText(rows(page).last().getByRole("rowheader"), new RegExp(`^${symbolOf(ROWS_N)}`));
  assert.equal(await rows(page).last().getAttribute("aria-rowindex"), String(ROWS_N + 1));
  assert.ok((await rows(page).count()) < 60);
  await stack.price(symbolOf(ROWS_N), 12); // a row that was not there at first
  await expectCell(page, symbolOf(ROWS_N), "current_price", "12.00");
  await stack.price(symbolOf(1), 13); // one that is not there now
  await page.keyboard.press("Home");
  await expectCell(page, symbolOf(1), "current_price", "13.00");
  await leave();
});

test("order, filter and columns are in the URL, and a reload keeps them", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const { page, leave } = await visit(await threeRows(stack, ada), ada);
  await expectCount(rows(page), 3);
  await page.getByRole("button", { name: "Gain or loss" }).click();
  await eventually(async () => assert.deepEqual(await firstSymbols(page, 3), ["BBB", "AAA", "CCC"]));
  await page.getByRole("button", { name: "Gain or loss" }).click();
  // What is unknown stays last.
  await eventually(async () => assert.deepEqual(await firstSymbols(page, 3), ["AAA", "BBB", "CCC"]));
  assert.equal(await page.getByRole("columnheader", { name: "Gain or loss" }).getAttribute("aria-sort"), "ascending");
  await page.getByText("Columns").first().click();
  await page.getByLabel("Quantity").click();
  await page.keyboard.press("Escape");
  await expectCount(page.getByRole("columnheader", { name: "Quantity" }), 0);
  await page.getByRole("searchbox").fill("b");
  await expectCount(rows(page), 1);
  const { hash } = new URL(page.url());
  assert.match(hash, /sort=gain_loss\b/);
  assert.match(hash, /q=b/);
  await page.reload();
  await expectCount(rows(page), 1);
  await expectCount(page.getByRole("columnheader", { name: "Quantity" }), 0);
  await page.getByRole("searchbox").fill("nothing");
  await expectVisible(page.getByText("No symbol has “nothing” in it"));
  await page.getByRole("button", { name: "Show all" }).click();
  await expectCount(rows(page), 3);
  await leave();
});

for (const [reducedMotion, animationsN] of [["no-preference", 1], ["reduce", 0]] as const) {
  test(`a price that goes up has an arrow, and flashes unless that is not wanted: ${reducedMotion}`, async () => {
    const { stack } = scene;
    const ada = await stack.user();
    const { page, leave } = await visit(await threeRows(stack, ada), ada, { reducedMotion });
    await expectCell(page, "AAA", "current_price", "90.00");
    const cell = positionRow(page, "AAA").locator('[data-column="current_price"]');
    assert.doesNotMatch((await cell.getAttribute("class")) ?? "", /tick/); // what is new has not moved
    await page.evaluate(() => {
      (window as { flashesN?: number }).flashesN = 0;
      document.addEventListener("animationstart", () => ((window as { flashesN?: number }).flashesN! += 1));
    });
    await stack.price("AAA", 91);
    await expectCell(page, "AAA", "current_price", "91.00");
    assert.match((await cell.getAttribute("class")) ?? "", /tick-up/);
    await stack.price("AAA", 89);
    await expectCell(page, "AAA", "current_price", "89.00");
    assert.match((await cell.getAttribute("class")) ?? "", /tick-down/);
    await page.waitForFunction((n) => (window as { flashesN?: number }).flashesN === 2 * n, animationsN);
    await leave();
  });
}

test("a link leads to a page whose beginning has the focus, and Back to the same order", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await threeRows(stack, ada);
  const { page, leave } = await visit(id, ada, {}, "?sort=-gain_loss");
  await expectTotal(page, "gain_loss", "+100.00");
  await page.getByRole("link", { name: "Overview" }).click();
  await expectVisible(page.getByRole("link", { name: "Three" }));
  assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
  await eventually(async () => assert.match(await page.title(), /·/));
  await page.goBack();
  await eventually(async () => assert.deepEqual(await firstSymbols(page, 3), ["BBB", "AAA", "CCC"]));
  await leave();
});

interface Visit {
  page: Page;
  leave: () => Promise<void>;
}

async function visit(id: string, owner: Person, options = {}, query = ""): Promise<Visit> {
  const visitor = await scene.visit(`#/portfolios/${id}${query}`, owner, options);
  return { page: visitor.page, leave: () => visitor.leave() };
}
