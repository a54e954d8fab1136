// Investments as people enter them: one by one, from a file, and while somebody else does.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page, Route } from "playwright-core";
import { expectAccessible } from "./support/axe";
import { expectCell, expectTotal, positionRow } from "./support/portfolio_page";
import { Scene } from "./support/scene";
import { shoot } from "./support/shots";
import { eventually, expectCount, expectHidden, expectText, expectVisible } from "./support/wait";

const scene = Scene.prepare();

interface Entered {
  symbol: string;
  quantity: string;
  price: string;
  date: string;
}

const dialog = (page: Page): Locator => page.getByRole("dialog");
const lotRow = (page: Page, symbol: string): Locator => page.getByRole("row", { name: new RegExp(`^${symbol} `) });

/** The focus moves once what it moves to is drawn. */
async function expectFocus(page: Page, name: string): Promise<void> {
  await eventually(async () => assert.equal(await page.evaluate("document.activeElement.getAttribute('name')"), name));
}

async function enter(page: Page, { symbol, quantity, price, date }: Entered): Promise<void> {
  const form = dialog(page);
  await form.getByLabel("Symbol").first().fill(symbol);
  await form.getByLabel("Quantity").fill(quantity);
  await form.getByLabel("Price of one").fill(price);
  await form.getByLabel("Purchased on").fill(date);
}

async function describe(symbol: string, name: string): Promise<void> {
  await scene.stack.price(symbol, 100);
  await scene.stack.sql("UPDATE assets SET name = %s, asset_class = 'EQUITY' WHERE ticker_symbol = %s RETURNING 1", [
    name,
    symbol,
  ]);
}

test("what is added in one browser appears in the other, to the last digit", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Shared", [["NVDA", 10, 100]]);
  for (const [symbol, price] of [
    ["NVDA", 110],
    ["KO", 60],
  ] as const)
    await stack.price(symbol, price);
  const [one, other] = [
    await scene.visit(`#/portfolios/${id}/investments`, ada),
    await scene.visit(`#/portfolios/${id}`, ada),
  ];
  const third = await scene.visit(`#/portfolios/${id}/investments`, ada);
  await expectTotal(other.page, "total_value", "1,100.00");
  await expectVisible(lotRow(third.page, "NVDA"));
  await one.page.getByRole("button", { name: "Add" }).click();
  await enter(one.page, { symbol: "KO", quantity: "90000000.12345678", price: "0.00000001", date: "2024-01-02" });
  await expectText(dialog(one.page).getByText("Read as 90"), "Read as 90,000,000.12345678");
  await shoot(one.page, "investment-add");
  await dialog(one.page).getByRole("button", { name: "Add" }).click();
  await expectHidden(dialog(one.page));
  await expectVisible(lotRow(one.page, "KO").getByText("90,000,000.12345678"));
  await expectCell(other.page, "KO", "quantity", "90,000,000.12345678");
  await expectVisible(lotRow(third.page, "KO")); // the list follows what somebody else adds
  for (const visitor of [one, other, third]) await visitor.leave();
});

test("each mistake stands at its field, all of them at once", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Errors");
  const visitor = await scene.visit(`#/portfolios/${id}/investments?add=1`, ada);
  const form = dialog(visitor.page);
  await enter(visitor.page, { symbol: "A B", quantity: "-1", price: "1,500", date: "2999-01-01" });
  await form.getByText("Fee, exchange rate").click();
  await form.getByLabel("Fee", { exact: true }).fill("free");
  await form.getByRole("button", { name: "Add" }).click();
  for (const label of ["Symbol", "Quantity", "Price of one", "Purchased on", "Fee"]) {
    const field = visitor.page.getByLabel(label, { exact: true }).first();
    await expectVisible(form.locator(".field[data-invalid]").filter({ has: field }).locator(".field-error"));
    assert.equal(await field.getAttribute("aria-invalid"), "true");
  }
  await expectFocus(visitor.page, "ticker_symbol");
  assert.equal(await form.getByLabel("Price of one").inputValue(), "1,500");
  await shoot(visitor.page, "investment-errors");
  await expectAccessible(visitor.page, "errors of fields");
  await form.getByRole("button", { name: "Cancel" }).click();
  assert.deepEqual(await stack.sql("SELECT count(*) FROM investments WHERE portfolio_id = %s::uuid", [id]), [[0]]);
  await visitor.leave();
});

test("a decimal comma is taken where it is written so, and grouping is shown as what it means", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Komma");
  const visitor = await scene.visit(`#/portfolios/${id}`, ada, { locale: "de-DE" });
  const { page } = visitor;
  await page.getByRole("link", { name: "Add an investment" }).click();
  await expectVisible(dialog(page));
  await expectFocus(page, "ticker_symbol");
  await enter(page, { symbol: "KO", quantity: "1.500", price: "12345678901,12345678", date: "2024-01-02" });
  await expectVisible(dialog(page).getByText("Read as 1,500"));
  await dialog(page).getByRole("button", { name: "Add" }).click();
  await expectHidden(dialog(page));
  const stored = await stack.sql(
    "SELECT quantity::text, purchase_price::text FROM investments WHERE portfolio_id = %s::uuid",
    [id],
  );
  assert.deepEqual(stored, [["1.50000000", "12345678901.12345678"]]);
  await visitor.leave();
});

test("a symbol is found by its name, with the keyboard alone", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Search");
  await describe("ZZ.ONE", "Zymurgy Zoo");
  await describe("ZZ.TWO", "Zymurgy Zeppelins");
  const visitor = await scene.visit(`#/portfolios/${id}/investments?add=1`, ada);
  const { page } = visitor;
  const symbol = dialog(page).getByRole("combobox");
  await symbol.pressSequentially("zymurgy");
  await expectCount(dialog(page).getByRole("option"), 2);
  assert.equal(await symbol.getAttribute("aria-expanded"), "true");
  await shoot(page, "investment-search");
  await expectAccessible(page, "suggestions");
  await page.keyboard.press("ArrowUp");
  const chosen = await symbol.getAttribute("aria-activedescendant");
  assert.equal(await page.locator(`[id="${chosen ?? ""}"]`).getAttribute("aria-selected"), "true");
  await page.keyboard.press("Escape"); // the list, not the dialog
  assert.equal(await symbol.getAttribute("aria-expanded"), "false");
  await page.keyboard.press("ArrowDown");
  const wanted = await dialog(page).getByRole("option", { selected: true }).locator("strong").textContent();
  await page.keyboard.press("Enter");
  assert.equal(await symbol.inputValue(), wanted);
  await expectCount(dialog(page).getByRole("option"), 0);
  await expectText(
    dialog(page)
      .locator(".field", { has: page.getByRole("combobox") })
      .locator(".field-hint"),
    /^Zymurgy .* · USD$/,
  );
  await page.keyboard.press("Escape");
  await expectHidden(dialog(page));
  await visitor.leave();
});

test("a lost answer and a hasty hand add once", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Once");
  const visitor = await scene.visit(`#/portfolios/${id}/investments?add=1`, ada);
  const { page } = visitor;
  const keys: string[] = [];
  let lostN = 0;
  const lose = async (route: Route): Promise<void> => {
    if (route.request().method() !== "POST") return route.continue();
    keys.push((await route.request().headerValue("idempotency-key")) ?? "");
    if (lostN++ >= 3) return route.continue();
    await route.fetch(); // it is done, and the answer does not arrive
    await route.abort();
  };
  await page.route("**/investments", lose);
  await enter(page, { symbol: "KO", quantity: "3", price: "50", date: "2024-01-02" });
  const add = dialog(page).getByRole("button", { name: "Add" });
  await add.dblclick();
  await expectText(dialog(page).getByRole("alert"), /not known whether this was done/);
  await add.click();
  await expectHidden(dialog(page));
  await expectVisible(lotRow(page, "KO"));
  assert.equal(new Set(keys).size, 1, keys.join());
  assert.deepEqual(await stack.sql("SELECT count(*) FROM investments WHERE portfolio_id = %s::uuid", [id]), [[1]]);
  await visitor.leave();
});

test("a list that is shown again after a while is asked for at once", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Looked at", [["KO", 1, 2]]);
  const visitor = await scene.visit(`#/portfolios/${id}/investments`, ada);
  const { page, context } = visitor;
  // Nothing comes by the clock, which is put a minute ahead when it is shown.
  await context.addInitScript(`
    const [now, every] = [Date.now, window.setInterval];
    let ahead = 0;
    Date.now = () => now() + ahead;
    window.setInterval = (run, ms) => (ms === 30_000 ? 0 : every(run, ms));
    window.showAgain = () => {
      ahead = 60_000;
      document.dispatchEvent(new Event("visibilitychange"));
    };
  `);
  await page.reload();
  await expectVisible(lotRow(page, "KO"));
  const asked = page.waitForRequest(/\/investments\?/);
  await page.evaluate("showAgain()");
  await asked;
  await visitor.leave();
});

test("a correction over somebody else's says so first, and shows what is stored", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Corrections", [["MSFT", 10, 150]]);
  const visitor = await scene.visit(`#/portfolios/${id}/investments`, ada);
  const { page } = visitor;
  await page.getByRole("button", { name: /^Correct 10 MSFT/ }).click();
  const quantity = dialog(page).getByLabel("Quantity");
  await expectVisible(quantity);
  const [[lot] = []] = await stack.sql(
    "UPDATE investments SET quantity = 12 WHERE portfolio_id = %s::uuid RETURNING investment_id::text",
    [id],
  );
  const body = { ticker_symbol: "MSFT", quantity: 12, purchase_price: 151, purchase_date: "2024-01-02" };
  assert.equal((await stack.rest("PUT", `/investments/${String(lot)}`, body, ada)).status, 200);
  await quantity.fill("11");
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await expectText(dialog(page).getByRole("alert"), /Somebody changed this since/);
  await expectVisible(dialog(page).getByText("Stored now: 12"));
  await expectVisible(dialog(page).getByText("Stored now: 151"));
  assert.equal(await quantity.inputValue(), "11");
  await shoot(page, "investment-changed");
  await dialog(page).getByRole("button", { name: "Save over it" }).click();
  await expectHidden(dialog(page));
  await expectVisible(page.getByText(/^Saved: 11 MSFT/));
  await page.getByRole("button", { name: /^Delete 11 MSFT/ }).click();
  await expectVisible(dialog(page).getByText(/11 MSFT of Jan 2, 2024/));
  await shoot(page, "investment-delete");
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  await expectVisible(page.getByText("This portfolio holds nothing yet"));
  await eventually(async () =>
    assert.match(String(await page.evaluate("document.activeElement.textContent")), /^Deleted: 11 MSFT/),
  );
  await visitor.leave();
});

test("investments come page by page", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Many");
  const lines = Array.from({ length: 120 }, (_, n) => `S${String(n).padStart(3, "0")},1,2,2024-01-02\n`).join("");
  await stack.ask("import", {
    email: ada.email,
    portfolio_id: id,
    csv: `ticker_symbol,quantity,purchase_price,purchase_date\n${lines}`,
  });
  const visitor = await scene.visit(`#/portfolios/${id}/investments?sort=ticker_symbol`, ada);
  const { page } = visitor;
  await expectVisible(lotRow(page, "S000"));
  await page.getByRole("button", { name: "Next 100" }).click();
  await expectVisible(lotRow(page, "S119"));
  await expectCount(lotRow(page, "S000"), 0);
  await page.goBack();
  await expectVisible(lotRow(page, "S000"));
  await page.getByLabel("Only this symbol").fill("s042");
  await expectCount(page.getByRole("row"), 2);
  await visitor.leave();
});

/** As if it were dragged from a folder. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const make = `(() => {
    const data = new DataTransfer();
    data.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}, { type: "text/csv" }));
    return data;
  })()`;
  const dataTransfer = await page.evaluateHandle(make);
  await page.locator(".drop").dispatchEvent("dragover", { dataTransfer });
  await page.locator(".drop").dispatchEvent("drop", { dataTransfer });
}

test("a file is looked at, checked, mended and imported, once", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Imported", [["KO", 1, 2]]);
  const visitor = await scene.visit(`#/portfolios/${id}/import`, ada);
  const { page } = visitor;
  const header = "ticker_symbol,quantity,purchase_price,purchase_date,external_id\n";
  const give = (name: string, text: string): Promise<void> =>
    page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await expectVisible(page.getByText("The file"));
  await shoot(page, "import-empty");
  await give("semicolons.csv", "ticker_symbol;quantity\nKO;1,5\n");
  await expectText(page.getByRole("alert"), /separated by semicolons/);
  await give("large.csv", "x".repeat(4 * 1024 * 1024 + 1));
  await expectText(page.getByRole("alert"), /too large for this server.*4194304.*Cut it into parts/);
  await page.getByRole("button", { name: "Another file" }).click();
  await give("wrong.csv", `${header}AAPL,-1,150,2024-01-02,a\n\nMSFT,2,300,yesterday,b\n`);
  const wrong = page.getByRole("table", { name: "What is wrong" });
  await expectText(wrong.getByRole("row").nth(1), /^2 ?quantity ?-1/);
  await expectText(wrong.getByRole("row").nth(2), /^4 ?purchase_date ?yesterday/);
  await shoot(page, "import-wrong");
  await expectAccessible(page, "an import's errors");
  await page.getByRole("button", { name: "Another file" }).click();
  await drop(page, "dropped.csv", "ticker_symbol,price\nKO,1\n");
  await expectVisible(wrong.getByRole("row", { name: /^1 price is no column of an import/ }));
  await page.getByRole("button", { name: "Another file" }).click();
  await give("right.csv", `${header}AAPL,1.00000001,150,2024-01-02,a\nMSFT,2,300,2024-01-03,b\n`);
  await page.getByRole("button", { name: "Import 2 investments" }).click();
  await expectVisible(page.getByRole("heading", { name: "right.csv is imported" }));
  await shoot(page, "import-done");
  await page.getByRole("button", { name: "Import another file" }).click();
  await give("again.csv", `${header}AAPL,1.00000001,150,2024-01-02,a\nMSFT,3,300,2024-01-03,b\n`);
  await expectVisible(page.getByText("Nothing of it is new."));
  await expectVisible(page.getByRole("row", { name: /quantity 3/ }));
  await page.getByRole("link", { name: "Positions" }).click();
  await expectCell(page, "AAPL", "quantity", "1.00000001");
  await expectVisible(positionRow(page, "MSFT"));
  await visitor.leave();
});

test("a large file tells how much of it is sent, over a slow line", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Slowly");
  const visitor = await scene.visit(`#/portfolios/${id}/import`, ada);
  const { page } = visitor;
  const line = await visitor.context.newCDPSession(page);
  const upload = (bytesPerSecond: number): Promise<unknown> =>
    line.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: bytesPerSecond,
    });
  const rows = Array.from({ length: 10_000 }, (_, row) => `T-${row},KO,${row + 1}.5,149.90,2025-03-14`).join("\n");
  const buffer = Buffer.from(`external_id,ticker_symbol,quantity,purchase_price,purchase_date\n${rows}\n`);
  await upload(50_000);
  await page.locator("input[type=file]").setInputFiles({ name: "large.csv", mimeType: "text/csv", buffer });
  const bar = page.getByRole("progressbar", { name: "Sending the file" });
  const sentShare = async (): Promise<number> => {
    assert.equal(await bar.getAttribute("max"), String(buffer.length));
    return Number(await bar.getAttribute("value")) / buffer.length;
  };
  const before = await eventually(async () => {
    const share = await sentShare();
    assert.ok(share > 0 && share < 1, String(share));
    return share;
  });
  await eventually(async () => assert.ok((await sentShare()) > before));
  await upload(-1);
  await page.getByRole("button", { name: "Import 10,000 investments" }).click();
  await expectVisible(page.getByRole("heading", { name: "large.csv is imported" }));
  await visitor.leave();
});

test("an advisor may look, and is offered nothing else", async () => {
  const { stack } = scene;
  const [ada, advisor] = [await stack.user(), await stack.enter("advisor")];
  const id = await stack.portfolio(ada, "Looked at", [["KO", 1, 2]]);
  assert.equal(
    (await stack.rest("PUT", `/customers/${ada.customer_id ?? ""}/advisors/${advisor.user_id}`)).status,
    204,
  );
  const visitor = await scene.visit(`#/portfolios/${id}/investments`, advisor);
  await expectVisible(lotRow(visitor.page, "KO"));
  await expectCount(visitor.page.getByRole("button", { name: /Add|Delete|Correct/ }), 0);
  await expectCount(visitor.page.getByRole("link", { name: "Import" }), 0);
  await visitor.leave();
});
