// The overview: whose portfolios one sees, and totals that move.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { Scene } from "./support/scene";
import { eventually, expectCount, expectText, expectVisible } from "./support/wait";

// Heartbeats change a portfolio's status, after which everything is written anew: what comes must show without them.
const scene = Scene.prepare({ HEARTBEAT_MS: 3_600_000 });

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

test("what others make, rename, turn into another currency or delete is in the list and in the sums", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  await stack.price("IBM", 200, { previous_close: 190 });
  const one = await stack.portfolio(ada, "One", [["IBM", 1, 100]]);
  const two = await stack.portfolio(ada, "Two", [["IBM", 2, 100]]);
  const visitor = await scene.visit("", ada);
  const { page } = visitor;
  const sumIn = (currency: string): Locator => page.getByLabel(`All portfolios in ${currency}`);
  await expectText(sumIn("USD"), "Value USD600.00Today+30.00+5.2632%Gain or loss+300.00+100.0000%");
  // Without a previous close a row is in the value and not in the day's change: no percent is of both.
  await stack.price("NEWLY", 50);
  const third = await stack.portfolio(ada, "Three", [["NEWLY", 1, 100], ["NOPRICE", 1, 1], ["IBM", 1, 100]]);
  await expectText(cells(page, "Three").first(), "250.00 USD");
  await expectVisible(page.getByText("1 without a price"));
  await expectText(sumIn("USD"), "Value USD850.00Today+40.00Gain or loss+350.00+70.0000%");
  const change = { portfolio_name: "Three", portfolio_type: "OTHER", base_currency: "CHF" };
  assert.equal((await stack.rest("PUT", `/portfolios/${third}`, change, ada)).status, 200);
  await expectText(sumIn("CHF"), /^Value CHF0\.00/); // nothing is priced in it: no rate is known
  await expectText(sumIn("USD"), "Value USD600.00Today+30.00+5.2632%Gain or loss+300.00+100.0000%");
  const rename = { portfolio_name: "Uno", portfolio_type: "OTHER", base_currency: "USD" };
  assert.equal((await stack.rest("PUT", `/portfolios/${one}`, rename, ada)).status, 200);
  await expectText(cells(page, "Uno").first(), "200.00 USD");
  await stack.rest("DELETE", `/portfolios/${two}?cascade=true`, null, ada);
  await expectText(sumIn("USD"), "Value USD200.00Today+10.00+5.2632%Gain or loss+100.00+100.0000%");
  await expectCount(page.getByRole("link", { name: "Two", exact: true }), 0);
  await visitor.leave();
});

test("what a server could not answer comes by itself once it can", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  await stack.portfolio(ada, "Patient");
  const visitor = await scene.visit("", ada);
  await expectVisible(visitor.page.getByRole("link", { name: "Patient" }));
  await stack.kill("postgres");
  await visitor.go("#/status");
  await expectVisible(visitor.page.getByText("Something that the server needs is away"));
  await visitor.go("#/");
  await expectText(visitor.page.getByRole("alert"), /The database is away\. Try again in \d+ seconds?\./);
  await stack.revive("postgres");
  await expectVisible(visitor.page.getByRole("link", { name: "Patient" }));
  await visitor.leave();
});

test("who has no portfolio yet is told so", async () => {
  const ada = await scene.stack.user();
  const visitor = await scene.visit("", ada);
  await expectVisible(visitor.page.getByText("There is no portfolio yet"));
  await visitor.page.getByRole("link", { name: "Make the first one" }).click();
  await expectVisible(visitor.page.getByRole("heading", { name: "New portfolio" }));
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

test("a list of more than a page goes on when that is asked for", async () => {
  const { stack } = scene;
  await stack.sql(
    "INSERT INTO customers (name, email) SELECT 'Zoe ' || lpad(n::text, 3, '0'), 'zoe' || n || '@example.com' FROM generate_series(1, 230) n",
  );
  const visitor = await scene.visit("#/?name=zoe", await stack.enter("admin"));
  const { page } = visitor;
  const names = page.getByRole("link", { name: /^Zoe/ });
  await expectCount(names, 100);
  await page.getByRole("button", { name: "Show more" }).click();
  await expectCount(names, 200);
  await page.getByRole("button", { name: "Show more" }).click();
  await expectCount(names, 230);
  await expectCount(page.getByRole("button", { name: "Show more" }), 0);
  assert.equal(await names.last().textContent(), "Zoe 230");
  await page.getByRole("searchbox").fill("zoe 0");
  await expectCount(names, 99);
  await page.getByRole("searchbox").fill("zo"); // another question begins anew
  await expectCount(names, 100);
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
