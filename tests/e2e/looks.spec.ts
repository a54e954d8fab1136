// What a page looks like where that is not a matter of taste: long names and huge amounts, another server, paper,
// colours of the system's, no colours at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { expectAccessible } from "./support/axe";
import { expectNothingBeyondTheEdge, expectNumbersInPlace, phone } from "./support/layout";
import { expectMark, expectTotal, positionRow } from "./support/portfolio_page";
import { Scene } from "./support/scene";
import type { Person, Stack } from "./support/stack";
import { eventually, expectCount, expectText, expectVisible } from "./support/wait";

const scene = Scene.prepare();
const ROWS_N = 200;
const late = (page: Page) => page.getByRole("status").getByText("Not up to date");
const lastKnown = (page: Page) => page.getByText("Last known state", { exact: true });
const LONG_NAME = "Édith Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh von und zu Hohenlohe-Waldenburg";

async function importRows(stack: Stack, owner: Person, name: string, lines: readonly string[]): Promise<string> {
  const id = await stack.portfolio(owner, name);
  const csv = ["ticker_symbol,quantity,purchase_price,purchase_date", ...lines, ""].join("\n");
  await stack.ask("import", { email: owner.email, portfolio_id: id, csv });
  return id;
}

function importMany(stack: Stack, owner: Person): Promise<string> {
  const lines = Array.from({ length: ROWS_N }, (_, n) => `S${String(n).padStart(3, "0")},${n + 1},10,2024-01-02`);
  return importRows(stack, owner, "Many", lines);
}

test("long names and huge amounts stay within the screen and do not cover each other", async () => {
  const { stack } = scene;
  const edith = await stack.user({ name: LONG_NAME });
  const id = await importRows(stack, edith, LONG_NAME.replaceAll(" ", ""), [
    "HUGE,90000000.12345678,99999.12345678,2024-01-02",
    "LOSS,90000000,120000.5,2024-01-02",
  ]);
  await stack.price("HUGE", 123456.789, { previous_close: 123000.12 });
  await stack.price("LOSS", 0.5, { previous_close: 120000 });
  for (const screen of [phone(320, 640), phone(390, 844), {}]) {
    const visitor = await scene.visit("", edith, screen);
    const { page } = visitor;
    const width = (await page.evaluate("screen.width")) as number;
    await expectVisible(page.getByRole("row", { name: /^ÉdithWolfe/ }));
    await expectText(page.locator('[data-sum="total_value"]'), /^11,111,156,/);
    await expectNothingBeyondTheEdge(page, `overview, ${width}`);
    await expectNumbersInPlace(page, `overview, ${width}`);
    for (const [tab, ready] of [["", ".grid tbody tr"], ["/history", ".chart"], ["/returns", ".growth"], ["/allocation", ".table"], ["/investments", ".table"]] as const) {
      await visitor.go(`#/portfolios/${id}${tab}`);
      await expectTotal(page, "total_value", /^11,111,156,/);
      await expectVisible(page.locator(ready).first());
      await expectNothingBeyondTheEdge(page, `${tab}, ${width}`);
      await expectNumbersInPlace(page, `${tab}, ${width}`);
    }
    await visitor.leave();
  }
});

test("with letters twice as large a phone shows all of it, one below the other", async () => {
  const { stack } = scene;
  const ada = await stack.user({ name: "Ada Lovelace" });
  const id = await stack.portfolio(ada, "Growth", [["MSFT", 10, 150], ["KO", 10, 50]]);
  await stack.price("MSFT", 160);
  await stack.price("KO", 40);
  const visitor = await scene.visit("", ada, phone(360, 740));
  const { page } = visitor;
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "200%";
  });
  const tabs = ["", "/history", "/returns", "/allocation", "/investments", "/investments?add=1", "/settings"];
  for (const hash of ["#/", "#/account", ...tabs.map((tab) => `#/portfolios/${id}${tab}`)]) {
    await visitor.go(hash);
    await expectVisible(page.getByRole("heading", { level: 1 }));
    if (hash.includes(id)) await expectTotal(page, "total_value", "2,000.00");
    await expectNothingBeyondTheEdge(page, hash);
    await expectNumbersInPlace(page, hash);
    const dot = await page.locator(".connection-dot").boundingBox();
    assert.ok(dot && dot.width === dot.height && dot.width > 0, `${hash}: the connection's dot is ${dot?.width ?? 0} px wide`);
  }
  await visitor.leave();
});

interface Seen {
  readonly gone: string[]; // elements that were taken out of the page
  readonly moved: string[]; // what the browser says has moved
}

/** From now on, until settled(). */
async function watch(page: Page): Promise<() => Promise<Seen>> {
  await page.evaluate(() => {
    const gone: string[] = [];
    const moved: string[] = [];
    const name = (node: Node | null): string =>
      node instanceof Element ? `${node.tagName} ${node.className}` : (node?.parentElement?.tagName ?? "text");
    new MutationObserver((records) => {
      for (const { target, removedNodes } of records) {
        if (target instanceof Element && target.closest(".connection, .late-notices")) continue;
        for (const node of removedNodes) if (node instanceof Element && !node.matches(".badge, .text-button")) gone.push(name(node));
      }
    }).observe(document.body, { childList: true, subtree: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { sources } = entry as PerformanceEntry & { sources: { node: Node | null }[] };
        const moving = sources.filter(({ node }) => !(node instanceof Element && node.matches(".connection *, .late-notices *")));
        if (moving.length > 0) moved.push(moving.map(({ node }) => name(node)).join(", "));
      }
    }).observe({ type: "layout-shift" });
    Object.assign(window, { seen: { gone, moved } });
  });
  return () => page.evaluate(() => (window as unknown as { seen: Seen }).seen);
}

test("while the server is away and when it is back, nothing goes and nothing moves", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Growth", [["MSFT", 10, 150], ["KO", 10, 50]]);
  await stack.price("MSFT", 160);
  await stack.price("KO", 40);
  const wide = ["#/", `#/portfolios/${id}`, `#/portfolios/${id}/investments`].map((hash) => scene.visit(hash, ada));
  const windows = await Promise.all([...wide, scene.visit(`#/portfolios/${id}`, ada, phone(360, 740))]);
  for (const { page } of windows) {
    await expectVisible(page.getByRole("row").nth(1));
    await expectText(page.locator('[data-sum="total_value"], [data-total="total_value"]'), "2,000.00");
    await expectMark(page, "Live");
  }
  const seen = await Promise.all(windows.map(({ page }) => watch(page)));
  await stack.killServer();
  for (const { page } of windows) {
    await expectMark(page, "Reconnecting");
    await expectVisible(lastKnown(page));
  }
  // Lists are asked for every ten seconds: what is not answered is told, at the foot.
  const [overview] = windows;
  assert.ok(overview);
  await expectVisible(late(overview.page));
  await stack.startServer();
  for (const [index, { page }] of windows.entries()) {
    await expectMark(page, "Live");
    await expectCount(lastKnown(page), 0);
    await expectCount(late(page), 0);
    assert.deepEqual(await seen[index]?.(), { gone: [], moved: [] });
  }
  for (const visitor of windows) await visitor.leave();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`what is known of a server that is away can be read, ${colorScheme}`, async () => {
    const { stack } = scene;
    const ada = await stack.user();
    const id = await stack.portfolio(ada, "Growth", [["MSFT", 10, 150], ["KO", 10, 50]]);
    await stack.price("MSFT", 160);
    await stack.price("KO", 40);
    const visitor = await scene.visit(`#/portfolios/${id}`, ada, { colorScheme, reducedMotion: "reduce" });
    await expectVisible(positionRow(visitor.page, "KO"));
    await stack.killServer();
    await expectVisible(lastKnown(visitor.page));
    await expectAccessible(visitor.page, `away, ${colorScheme}`);
    await stack.startServer();
    await expectMark(visitor.page, "Live");
    await visitor.leave();
  });
}

test("each page of a portfolio is titled by it, however one comes there", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Growth", [["MSFT", 10, 150]]);
  const visitor = await scene.visit(`#/portfolios/${id}`, ada);
  const { page } = visitor;
  const expectTitle = (title: string): Promise<void> => eventually(async () => assert.equal(await page.title(), `${title} · Portfolio Stream`));
  await expectTitle("Growth: Positions");
  for (const tab of ["Value", "Investments", "Settings", "Positions"]) {
    await page.getByRole("navigation", { name: "Of this portfolio" }).getByRole("link", { name: tab }).click();
    await expectTitle(`Growth: ${tab}`);
  }
  await visitor.go("#/nothing");
  await expectTitle("Not found");
  await expectVisible(page.getByRole("heading", { level: 1, name: "There is no such page" }));
  await visitor.leave();
});

test("on paper are all rows, in dark letters, and nothing to press", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await importMany(stack, ada);
  const visitor = await scene.visit(`#/portfolios/${id}`, ada, { colorScheme: "dark" });
  const { page } = visitor;
  const rows = page.locator(".grid tbody tr");
  await expectVisible(positionRow(page, "S000"));
  const few = await rows.count();
  assert.ok(few < ROWS_N / 2, `${few} rows are there before`);
  const columnsN = await page.getByRole("columnheader").count();
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 720, height: 1000 }); // as wide as a sheet
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.getByRole("columnheader").count(), columnsN);
  assert.equal(await rows.count(), ROWS_N);
  const [first, last] = await Promise.all([rows.first().boundingBox(), rows.last().boundingBox()]);
  assert.ok(first && last && last.y - first.y > (ROWS_N - 2) * first.height, "the rows stand below each other");
  assert.equal(await page.getByRole("banner").isVisible(), false);
  assert.equal(await page.getByRole("searchbox").isVisible(), false);
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).color), "rgb(23, 25, 28)");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ media: "screen" });
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await expectCount(rows, few);
  await visitor.go(`#/portfolios/${id}/investments`);
  await expectVisible(page.getByRole("button", { name: "Add" }));
  await page.emulateMedia({ media: "print" });
  await expectCount(page.getByRole("button"), 0);
  await visitor.leave();
});

test("with the system's colours, bars and what is chosen are still to be seen", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Growth", [["MSFT", 10, 150], ["KO", 10, 50]]);
  await stack.price("MSFT", 160);
  await stack.price("KO", 40);
  const visitor = await scene.visit(`#/portfolios/${id}/allocation`, ada, { forcedColors: "active" });
  const { page } = visitor;
  await expectVisible(page.getByRole("row", { name: /^MSFT/ }));
  const styleOf = (selector: string, name: string): Promise<string> =>
    page.locator(selector).first().evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), name);
  const highlight = await page.evaluate(() => {
    const sample = document.createElement("p");
    sample.style.color = "Highlight";
    document.body.append(sample);
    const { color } = getComputedStyle(sample);
    sample.remove();
    return color;
  });
  assert.equal(await styleOf(".segments [aria-pressed=true]", "background-color"), highlight);
  for (const [one, other, property] of [
    [".bar > span", ".bar", "background-color"],
    [".tabs [aria-current]", ".tabs :not([aria-current])", "border-bottom-color"],
    [".connection-dot", "body", "background-color"],
  ] as const) {
    assert.notEqual(await styleOf(one, property), await styleOf(other, property), one);
  }
  await visitor.leave();
});

test("nobody is read prices: while 500 change each second, nothing that speaks changes", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const visitor = await scene.visit(`#/portfolios/${await importMany(stack, ada)}`, ada);
  const { page } = visitor;
  await expectVisible(positionRow(page, "S000"));
  await expectMark(page, "Live");
  await page.evaluate(() => {
    const spoken: string[] = [];
    const speaking = "[aria-live], [role=status], [role=alert], [role=log], [role=timer]";
    new MutationObserver((records) => {
      for (const { target } of records) {
        const element = target instanceof Element ? target : target.parentElement;
        if (element?.closest(speaking)) spoken.push(element.textContent ?? "");
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
    Object.assign(window, { spoken });
  });
  await stack.ask("ticks", { symbols: Array.from({ length: ROWS_N }, (_, n) => `S${String(n).padStart(3, "0")}`), per_second: 500 });
  const price = positionRow(page, "S000").locator('[data-column="current_price"]');
  const seen = new Set<string>();
  await eventually(async () => assert.ok(seen.add((await price.textContent()) ?? "").size > 3));
  await stack.ask("still");
  assert.deepEqual(await page.evaluate(() => (window as unknown as { spoken: string[] }).spoken), []);
  await visitor.leave();
});
