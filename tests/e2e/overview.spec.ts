// The overview: whose portfolios one sees, and totals that move.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { Scene } from "./support/scene";
import { eventually, expectCount, expectText, expectVisible } from "./support/wait";

const scene = Scene.prepare();

const cells = (page: Page, name: string): Locator =>
  page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) }).getByRole("cell");

test("each portfolio and their sum move with the prices", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  await stack.portfolio(ada, "One", [["ORCL", 10, 100]]);
  await stack.portfolio(ada, "Two", [["ORCL", 1.5, 100], ["SAP", 1, 50]]);
  await stack.price("ORCL", 110.01);
  await stack.price("SAP", 50);
  const visitor = await scene.visit("", ada);
  const sum = visitor.page.locator('[data-sum="total_value"]');
  await expectText(cells(visitor.page, "One").first(), "1,100.10 USD");
  await expectText(cells(visitor.page, "Two").first(), "215.015 USD");
  await expectText(sum, "1,315.115");
  await stack.price("ORCL", 120);
  await expectText(cells(visitor.page, "One").first(), "1,200.00 USD");
  await expectText(sum, "1,430.00");
  await visitor.leave();
});

test("who has no portfolio yet is told so", async () => {
  const ada = await scene.stack.user();
  const visitor = await scene.visit("", ada);
  await expectVisible(visitor.page.getByText("There is no portfolio yet"));
  await visitor.leave();
});

test("an administrator chooses the customer, by name", async () => {
  const { stack } = scene;
  const grace = await stack.user({ name: "Grace Hopper" });
  await stack.user({ name: "Ada Lovelace" });
  await stack.portfolio(grace, "Navy", [["IBM", 1, 100]]);
  const visitor = await scene.visit("", await stack.enter("admin"));
  const { page } = visitor;
  await expectVisible(page.getByRole("link", { name: "Ada Lovelace" }));
  await page.getByRole("searchbox").fill("grace h");
  await expectCount(page.getByRole("link", { name: "Ada Lovelace" }), 0);
  await page.getByRole("link", { name: "Grace Hopper" }).click();
  await expectVisible(page.getByRole("heading", { name: "Grace Hopper" }));
  await expectVisible(page.getByRole("link", { name: "Navy" }));
  assert.match(page.url(), /customer=/);
  await page.reload();
  await expectVisible(page.getByRole("link", { name: "Navy" }));
  await page.goBack();
  await expectVisible(page.getByRole("heading", { name: "Customers" }));
  await page.getByRole("searchbox").fill("nobody at all");
  await expectVisible(page.getByText("No customer's name begins with “nobody at all”"));
  await visitor.leave();
});

test("the theme is kept, and nothing is left of a page after signing out", async () => {
  const ada = await scene.stack.user();
  await scene.stack.portfolio(ada, "Mine");
  const visitor = await scene.visit("", ada, { colorScheme: "light" });
  const { page } = visitor;
  const theme = () => page.evaluate(() => document.documentElement.dataset["theme"]);
  await expectVisible(page.getByRole("link", { name: "Mine" }));
  assert.equal(await theme(), "light");
  await page.getByRole("button", { name: /^Theme/ }).click();
  await page.getByRole("button", { name: /^Theme: light/ }).click();
  await expectVisible(page.getByRole("button", { name: /^Theme: dark/ }));
  assert.equal(await theme(), "dark");
  await page.reload();
  await eventually(async () => assert.equal(await theme(), "dark"));
  await page.getByRole("button", { name: "Sign out" }).click();
  await expectVisible(page.getByRole("heading", { name: "Sign in" }));
  await expectCount(page.getByText("Mine"), 0);
  await visitor.leave();
});
