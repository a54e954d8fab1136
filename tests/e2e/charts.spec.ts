// Charts and what stands by them: value that goes on live, returns, allocation, an asset, the server's status.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { daysAgo, writeCloses, writeHistory } from "./support/history";
import { expectMark } from "./support/portfolio_page";
import { Scene } from "./support/scene";
import type { Answer, Stack } from "./support/stack";
import { eventually, expectCount, expectText, expectVisible, plain } from "./support/wait";

const scene = Scene.prepare();

const cursorOf = (page: Page): Locator => page.getByRole("slider");

async function giveCash(stack: Stack, portfolioId: string, amount: number): Promise<void> {
  await stack.sql("UPDATE portfolios SET cash_balance = %s WHERE portfolio_id = %s RETURNING version", [
    amount,
    portfolioId,
  ]);
}

/** What the chart says of the day that its cursor is on. */
async function expectCursor(page: Page, wanted: RegExp): Promise<void> {
  await eventually(async () => assert.match(plain(await cursorOf(page).getAttribute("aria-valuetext")), wanted));
}

const hashOf = (page: Page): string => new URL(page.url()).hash;

test("a portfolio's value goes on live, day by day by keys and as a table", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  await writeCloses(stack, "LIVE", {
    [daysAgo(40)]: 90,
    [daysAgo(12)]: 100,
    [daysAgo(3)]: 120,
    [daysAgo(2)]: "130.12345678",
  });
  const id = await stack.portfolio(ada, "Growth", [["LIVE", 10, 80, daysAgo(40)]]);
  await giveCash(stack, id, 77);
  await stack.price("LIVE", 140);
  const visitor = await scene.visit(`#/portfolios/${id}/history?range=1W`, ada);
  const { page } = visitor;
  await expectText(page.locator('[data-history="value"]'), "1,400.00"); // without cash
  await expectText(page.locator('[data-history="gain"]'), "+400.00"); // since the close before the week
  await expectVisible(page.locator(".chart canvas").first());
  await page.mouse.move(1, 1); // not where one signed in: that is on the chart now
  await stack.price("LIVE", 141.5);
  await expectText(page.locator('[data-history="value"]'), "1,415.00");
  await expectCursor(page, /: 1,415\.00$/);
  await cursorOf(page).focus();
  await page.keyboard.press("ArrowLeft");
  await expectCursor(page, /: 1,301\.2345678$/);
  await expectText(page.locator(".chart-key").first(), "Value 1,301.2345678");
  await page.keyboard.press("Home");
  await expectCursor(page, /: 1,000\.00$/);
  await page.keyboard.press("Escape");
  await expectCursor(page, /: 1,415\.00$/);
  await page.getByText("Values as a table").click();
  await expectText(page.locator(".chart-table tbody tr").nth(1).locator("td").first(), "1,301.2345678");
  await page.getByRole("button", { name: "3M", exact: true }).click();
  await eventually(() => assert.match(hashOf(page), /range=3M/));
  await expectText(page.locator('[data-history="gain"]'), "+515.00"); // since its first day's close
  await expectCount(page.locator(".chart-table tbody tr"), 5);
  await visitor.leave();
});

test("what is bought elsewhere is in the history and the returns that are open", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  await writeCloses(stack, "MORE", { [daysAgo(9)]: 100, [daysAgo(2)]: 110 });
  const id = await stack.portfolio(ada, "More", [["MORE", 1, 100, daysAgo(9)]]);
  await stack.price("MORE", 120);
  const history = await scene.visit(`#/portfolios/${id}/history?range=ALL`, ada);
  const returns = await scene.visit(`#/portfolios/${id}/returns?range=ALL`, ada);
  await expectText(history.page.locator('[data-history="gain"]'), "+20.00");
  await expectText(returns.page.locator('[data-returns="gain"]'), "+20.00");
  await stack.lot(ada, id, ["MORE", 2, 105, daysAgo(2)]);
  await expectText(history.page.locator('[data-history="gain"]'), "+50.00");
  await expectText(returns.page.locator('[data-returns="gain"]'), "+50.00");
  // To today they go on with the prices: numbers and the ends of the lines together.
  await returns.context.addInitScript(`
    const real = setInterval;
    window.minutes = [];
    window.setInterval = (run, ms) => {
      if (ms === 60000) minutes.push(run);
      return real(run, ms);
    };
  `);
  await returns.page.reload();
  await expectText(returns.page.locator('[data-returns="gain"]'), "+50.00");
  await expectVisible(returns.page.locator(".chart-key").first());
  await stack.price("MORE", 130);
  await expectText(returns.page.locator('[data-total="gain_loss"]'), "+80.00");
  await returns.page.evaluate("minutes.forEach((run) => run())");
  await expectText(returns.page.locator('[data-returns="gain"]'), "+80.00");
  const numberIn = async (selector: string): Promise<number> =>
    parseFloat(plain(await returns.page.locator(selector).first().textContent()));
  await eventually(async () =>
    assert.equal(await numberIn(".chart-key .number"), await numberIn('[data-returns="twr"]')),
  );
  for (const visitor of [history, returns]) await visitor.leave();
});

test("a chart takes the other theme's colours, and another width", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  await writeCloses(stack, "HUE", { [daysAgo(5)]: 90, [daysAgo(2)]: 100 });
  const id = await stack.portfolio(ada, "Hues", [["HUE", 10, 80, daysAgo(6)]]);
  const visitor = await scene.visit(`#/portfolios/${id}/history`, ada, {
    colorScheme: "light",
    reducedMotion: "reduce",
  });
  const { page } = visitor;
  const canvas = page.locator(".chart canvas").first();
  await expectVisible(canvas);
  const frame = page.locator(".chart-frame");
  const light = await frame.screenshot();
  await page.emulateMedia({ colorScheme: "dark" });
  await eventually(async () => assert.equal(await page.evaluate("document.documentElement.dataset.theme"), "dark"));
  await eventually(async () => assert.notDeepEqual(await frame.screenshot(), light));
  await page.setViewportSize({ width: 500, height: 800 });
  await eventually(async () => {
    const [drawn, frameBox] = [
      await page.locator(".chart-plot > div").first().boundingBox(),
      await frame.boundingBox(),
    ];
    assert.ok(drawn && frameBox && Math.abs(drawn.width - frameBox.width) <= 1 && frameBox.width < 500);
  });
  await visitor.leave();
});

interface Returns {
  twr: number;
  gain: number;
  benchmark?: { price_return?: number };
}

test("returns are the server's, beside a benchmark; what is wrong stands at its field", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  await writeCloses(stack, "GROW", { [daysAgo(30)]: 100, [daysAgo(20)]: 110, [daysAgo(10)]: 121 });
  await writeCloses(stack, "BENCH", { [daysAgo(31)]: 50, [daysAgo(20)]: 55, [daysAgo(10)]: 60 });
  const id = await stack.portfolio(ada, "Grown", [
    ["GROW", 10, 100, daysAgo(30)],
    ["NOCLOSE", 1, 7, daysAgo(10)],
  ]);
  const visitor = await scene.visit(`#/portfolios/${id}/returns?range=ALL&benchmark=bench`, ada);
  const { page } = visitor;
  const { body } = (await stack.rest("GET", `/portfolios/${id}/returns?benchmark=BENCH`, null, ada)) as Answer;
  const { twr, benchmark } = body as Returns;
  const percent = (factor: number): string => `+${(100 * factor).toFixed(4)}%`;
  await expectText(page.locator('[data-returns="twr"]'), percent(twr));
  await expectText(page.locator('[data-returns="benchmark"]'), percent(benchmark?.price_return ?? 0));
  await expectVisible(page.locator(".chart canvas").first());
  await expectText(page.locator(".chart-key").nth(1), /^BENCH \+20\.0000%$/);
  await expectVisible(page.getByText(/something had no closing price yet .* \(estimated\)/));
  await expectVisible(page.getByRole("row", { name: /^NOCLOSE ?at the price last paid/ }));
  await page.getByRole("textbox", { name: "Benchmark" }).fill("nosuch");
  await page.keyboard.press("Enter");
  await expectVisible(page.getByText("there is no such asset"));
  await eventually(async () => assert.equal(await page.evaluate("document.activeElement.name"), "benchmark"));
  assert.equal(await page.getByRole("textbox", { name: "Benchmark" }).getAttribute("aria-invalid"), "true");
  assert.match(hashOf(page), /benchmark=NOSUCH/);
  await page.getByRole("textbox", { name: "Benchmark" }).fill("");
  await page.getByLabel("First day").fill(daysAgo(5));
  await page.getByLabel("Last day").fill(daysAgo(9));
  await page.keyboard.press("Enter");
  await expectVisible(page.getByText("must not be after the last day"));
  await page.getByRole("button", { name: "1M", exact: true }).click();
  await expectVisible(page.locator('[data-returns="twr"]'));
  await expectCount(page.locator(".field-error"), 0);
  await visitor.leave();
});

test("allocation is told by what one chooses, with cash, and leads to the assets", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  await stack.price("BIG", 300);
  await stack.price("SMALL", 100);
  const id = await stack.portfolio(ada, "Parts", [
    ["BIG", 2, 1],
    ["SMALL", 2, 1],
    ["DARK", 1, 1],
  ]);
  await giveCash(stack, id, 200);
  const visitor = await scene.visit(`#/portfolios/${id}/allocation`, ada);
  const { page } = visitor;
  await expectText(page.getByRole("row", { name: /^BIG/ }), /60\.0000%\s?600\.00/);
  await expectText(page.getByRole("row", { name: /^Cash/ }), /20\.0000%\s?200\.00/);
  await expectVisible(page.getByText("One position has no price and is in no part."));
  await page.getByRole("button", { name: "Currency" }).click();
  await expectText(page.getByRole("row", { name: /^US Dollar/ }), /80\.0000%\s?800\.00/);
  assert.match(hashOf(page), /by=currency/);
  await page.getByRole("button", { name: "Asset" }).click();
  await page.getByRole("link", { name: "BIG" }).click();
  await expectVisible(page.getByRole("heading", { name: "BIG", level: 1 }));
  await visitor.leave();
});

test("an asset's price moves by the stream of who holds it; a split is told, and undone in what is drawn", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const bars = [
    [6, 400],
    [5, 404],
    [3, 102],
    [2, 103],
  ].map(([ago, close]) => `BAR SPLITS ${daysAgo(ago ?? 0)} - - - ${close} -`);
  await writeHistory(stack, ["SPLITS"], [...bars, `SPLIT SPLITS ${daysAgo(3)} 4`]);
  await stack.price("SPLITS", 104, { previous_close: 103 });
  const id = await stack.portfolio(ada, "Splitters", [
    ["SPLITS", 10, 390, daysAgo(6)],
    ["SPLITS", 1, 100, daysAgo(2)],
  ]);
  const visitor = await scene.visit("#/assets/splits?range=1M", ada);
  const { page } = visitor;
  await expectText(page.locator('[data-asset="price"]'), "104.00");
  const row = page.getByRole("row", { name: /Splitters/ });
  await expectText(row, /41 in 2 lots\s?4,264\.00/);
  await expectVisible(page.locator(".chart canvas").first());
  await page.mouse.move(1, 1); // not where one signed in: that is on the chart now
  await stack.price("SPLITS", 105);
  await expectText(page.locator('[data-asset="price"]'), "105.00");
  await expectText(row, /4,305\.00/);
  await expectCursor(page, /: 105\.00$/);
  await cursorOf(page).focus();
  await page.keyboard.press("Home");
  await expectCursor(page, /: 400\.00$/);
  // 400 were 100 of today's.
  assert.match((await cursorOf(page).getAttribute("aria-label")) ?? "", /Lowest 400\.00, highest 105\.00/);
  await expectText(page.getByRole("row", { name: /Split/ }).last(), /Split\s?4 for 1$/);
  await expectText(page.locator(".panel-head dd"), "+5.0000%");
  await page.getByRole("link", { name: "Splitters" }).click();
  await eventually(() => assert.match(hashOf(page), new RegExp(`^#/portfolios/${id}`)));
  await visitor.leave();
});

test("what is deleted elsewhere is not among who holds an asset", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  await stack.price("HELD", 100);
  const id = await stack.portfolio(ada, "Holder");
  const lots = [await stack.lot(ada, id, ["HELD", 4, 90]), await stack.lot(ada, id, ["HELD", 1, 90])];
  const visitor = await scene.visit("#/assets/HELD", ada);
  const row = visitor.page.getByRole("row", { name: /Holder/ });
  await expectText(row, /5 in 2 lots\s?500\.00/);
  await stack.rest("DELETE", `/investments/${lots[0] ?? ""}`, null, ada);
  await expectText(row, /1 in one lot\s?100\.00/);
  await stack.rest("DELETE", `/investments/${lots[1] ?? ""}`, null, ada);
  await expectVisible(visitor.page.getByText("None of your portfolios holds it"));
  await visitor.leave();
});

test("while the server is away an asset's price and holders are marked as the last that is known", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  await stack.price("AWAY", 100);
  await stack.portfolio(ada, "Holder", [["AWAY", 4, 90]]);
  const visitor = await scene.visit("#/assets/AWAY", ada);
  const { page } = visitor;
  const row = page.getByRole("row", { name: /Holder/ });
  const mark = page.getByText("Last known state", { exact: true });
  await expectText(row, /400\.00/);
  await expectCount(mark, 0);
  await stack.killServer();
  await expectVisible(mark);
  await expectText(page.locator('[data-asset="price"]'), "100.00");
  await expectText(row, /400\.00/);
  await stack.startServer();
  await expectMark(page, "Live");
  await expectCount(mark, 0);
  await visitor.leave();
});

test("an asset that nobody holds is asked for; one that nobody knows is said to be none", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  await stack.price("ALONE", 12.5, { previous_close: 10 });
  const visitor = await scene.visit("#/assets/ALONE", ada);
  const { page } = visitor;
  await expectText(page.locator('[data-asset="price"]'), "12.50");
  await expectVisible(page.getByText("+25.0000%"));
  await expectVisible(page.getByText("None of your portfolios holds it"));
  await expectVisible(page.getByText("There are no prices of these days"));
  await visitor.go("#/assets/UNHEARD");
  await expectVisible(page.getByText("There is nothing here"));
  await visitor.leave();
});

test("the status page follows the server, and shows the providers to who operates it", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const visitor = await scene.visit("#/status", ada);
  const overall = visitor.page.locator(".status-overall");
  await expectText(overall, "Everything works");
  await expectVisible(visitor.page.getByText("shown to those who operate the server"));
  await stack.kill("redis");
  await expectText(overall, "Something that the server needs is away");
  await stack.revive("redis");
  await expectText(overall, "Everything works");
  const admin = await scene.visit("#/status", await stack.enter("admin"));
  await expectVisible(admin.page.getByText("There are no providers of prices"));
  await visitor.leave();
  await admin.leave();
});
