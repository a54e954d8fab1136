// Every page in light and dark, wide and on a phone: nothing serious for axe, nothing beyond the screen's edge, a picture.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { expectAccessible } from "./support/axe";
import { walk, writeHistory } from "./support/history";
import { expectNothingBeyondTheEdge, phone } from "./support/layout";
import { expectTotal } from "./support/portfolio_page";
import { Scene } from "./support/scene";
import { shoot } from "./support/shots";
import { type Person, type Lot, Stack } from "./support/stack";
import { eventually, expectVisible } from "./support/wait";

const MARKET: [symbol: string, price: number, previousClose: number, quantity: number, cost: number][] = [
  ["AAPL", 231.42, 228.87, 40, 142.5],
  ["AMZN", 208.13, 210.02, 25, 128.75],
  ["ASML", 918.6, 904.15, 6, 655],
  ["BRK.B", 471.88, 470.11, 12, 322.4],
  ["GOOGL", 178.35, 175.94, 55, 98.2],
  ["JNJ", 155.2, 156.88, 30, 161.3],
  ["KO", 62.44, 62.13, 100, 51.85],
  ["MSFT", 442.57, 439.02, 22, 251.1],
  ["NVDA", 134.8, 131.29, 150, 22.65],
  ["TSLA", 342.03, 352.56, 14, 242.8],
  ["UNH", 571.9, 575.2, 8, 489.5],
  ["V", 309.92, 307.39, 18, 215.6],
];

const ON_A_PHONE = new Set(["overview", "portfolio", "value"]); // pictures for the documents

const scene = Scene.prepare();
let ada: Person | undefined;
const portfolioIds: string[] = [];

async function furnish(stack: Stack): Promise<Person> {
  if (ada) return ada;
  ada = await stack.user({ name: "Ada Lovelace", email: "ada@example.com" });
  const lots = MARKET.map(([symbol, , , quantity, cost]): Lot => [symbol, quantity, cost]);
  portfolioIds.push(await stack.portfolio(ada, "Retirement", lots));
  portfolioIds.push(await stack.portfolio(ada, "Growth", lots.slice(5, 10)));
  portfolioIds.push(await stack.portfolio(ada, "Savings", lots.slice(0, 3)));
  const past = [...MARKET.map(([symbol, , previousClose]): [string, number] => [symbol, previousClose]), ["SPY", 585.2] as [string, number]];
  await writeHistory(stack, past.map(([symbol]) => symbol), past.flatMap(([symbol, close]) => walk(symbol, 700, close)));
  await writeHistory(stack, ["KO"], ["2026-03-13", "2026-06-15", "2026-09-15"].map((day) => `DIVIDEND KO ${day} 0.51`));
  for (const [symbol, price, previousClose] of MARKET) await stack.price(symbol, price, { previous_close: previousClose });
  return ada;
}

interface Place {
  readonly name: string;
  readonly hash: () => string;
  readonly isPublic?: boolean;
  readonly title?: string; // where the page before it is ready by the same
  readonly ready: (page: Page) => Promise<void>;
}

const PLACES: Place[] = [
  { name: "sign-in", hash: () => "", isPublic: true, ready: (page) => expectVisible(page.getByLabel(/^password/i)) },
  { name: "register", hash: () => "#/register", isPublic: true, title: "Open an account", ready: (page) => expectVisible(page.getByLabel(/^password/i)) },
  { name: "overview", hash: () => "#/", ready: (page) => expectVisible(page.getByRole("link", { name: "Retirement" })) },
  {
    name: "portfolio",
    hash: () => `#/portfolios/${portfolioIds[0] ?? ""}`,
    ready: (page) => expectTotal(page, "total_value", /^\d\d,\d{3}\.\d\d$|^\d{3},\d{3}\.\d\d$/),
  },
  {
    name: "investments",
    hash: () => `#/portfolios/${portfolioIds[0] ?? ""}/investments?sort=ticker_symbol`,
    title: "Investments",
    ready: (page) => expectVisible(page.getByRole("row", { name: /^AAPL/ })),
  },
  {
    name: "investment-form",
    hash: () => `#/portfolios/${portfolioIds[0] ?? ""}/investments?add=1`,
    ready: (page) => expectVisible(page.getByLabel("Quantity")),
  },
  { name: "value", hash: () => `#/portfolios/${portfolioIds[0] ?? ""}/history`, ready: expectChart },
  { name: "returns", hash: () => `#/portfolios/${portfolioIds[0] ?? ""}/returns?benchmark=SPY`, title: "Returns", ready: expectChart },
  { name: "allocation", hash: () => `#/portfolios/${portfolioIds[0] ?? ""}/allocation`, title: "Allocation", ready: (page) => expectVisible(page.getByRole("row", { name: /^AAPL/ })) },
  { name: "asset", hash: () => "#/assets/KO", ready: async (page) => {
    await expectChart(page);
    await expectVisible(page.getByRole("row", { name: /Retirement/ }));
  } },
  { name: "status", hash: () => "#/status", ready: (page) => expectVisible(page.getByText("Everything works")) },
  { name: "import", hash: () => `#/portfolios/${portfolioIds[0] ?? ""}/import`, ready: (page) => expectVisible(page.getByText("Choose a CSV file")) },
  { name: "portfolio-settings", hash: () => `#/portfolios/${portfolioIds[0] ?? ""}/settings`, ready: (page) => expectVisible(page.getByLabel("Name")) },
  { name: "portfolio-new", hash: () => "#/portfolios/new", title: "New portfolio", ready: (page) => expectVisible(page.getByLabel("Name")) },
  { name: "customer", hash: () => `#/customers/${ada?.customer_id ?? ""}`, ready: (page) => expectVisible(page.getByLabel("Address")) },
  { name: "account", hash: () => "#/account", ready: (page) => expectVisible(page.getByText("There is no key")) },
];

/** A chart that is drawn. */
async function expectChart(page: Page): Promise<void> {
  await expectVisible(page.locator(".chart canvas").first());
}

for (const theme of ["light", "dark"] as const) {
  for (const device of ["wide", "phone"] as const) {
    test(`pages, ${theme}, ${device}`, async () => {
      const person = await furnish(scene.stack);
      const options = { colorScheme: theme, reducedMotion: "reduce", ...(device === "phone" ? phone(390, 844) : {}) } as const;
      const visitor = await scene.visit("", null, options);
      let isIn = false;
      for (const place of PLACES) {
        const what = `${place.name}-${theme}${device === "phone" ? "-phone" : ""}`;
        await visitor.go(place.hash());
        if (!place.isPublic && !isIn) {
          await expectVisible(visitor.page.getByRole("heading", { name: "Sign in" })); // where one is led
          await visitor.signIn(person);
          isIn = true;
        }
        const { title } = place;
        if (title) await eventually(async () => assert.match(await visitor.page.title(), new RegExp(`(^|: )${title} ·`)));
        await place.ready(visitor.page);
        await expectAccessible(visitor.page, what);
        await expectNothingBeyondTheEdge(visitor.page, what);
        await shoot(visitor.page, what, device === "wide" || (theme === "light" && ON_A_PHONE.has(place.name)));
      }
      await visitor.leave();
    });
  }
}
