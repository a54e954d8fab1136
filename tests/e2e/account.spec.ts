// What people own: portfolios, customers, their account. Made, changed, ended.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { expectAccessible } from "./support/axe";
import { Scene } from "./support/scene";
import { shoot } from "./support/shots";
import { eventually, expectCount, expectHidden, expectText, expectVisible } from "./support/wait";

const scene = Scene.prepare();

const dialog = (page: Page): Locator => page.getByRole("dialog");
const WRONG = "not the password";
const NEW = "swans swim by moonlight";

test("a portfolio is made, named anew, and ends with what it holds once that was counted", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const visitor = await scene.visit("", ada);
  const { page } = visitor;
  await page.getByRole("link", { name: "New portfolio" }).click();
  await page.getByLabel("Currency").fill("dollars");
  await page.getByRole("button", { name: "Create" }).click();
  await expectText(page.locator(".field", { has: page.getByLabel("Name") }).locator(".field-error"), /required/);
  await page.getByLabel("Name").fill("Pension");
  await page.getByLabel("Kind").selectOption({ label: "Roth IRA" });
  await page.getByLabel("Currency").fill("CHF");
  await page.getByRole("button", { name: "Create" }).click();
  await expectVisible(page.getByRole("heading", { name: "Pension" }));
  const id = /portfolios\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";
  assert.deepEqual(
    await stack.sql("SELECT portfolio_type, base_currency FROM portfolios WHERE portfolio_id = %s::uuid", [id]),
    [["ROTH_IRA", "CHF"]],
  );
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Name").fill("Old age");
  await page.getByRole("button", { name: "Save" }).click();
  await expectVisible(page.getByRole("heading", { name: "Old age" })); // over the stream
  for (const symbol of ["KO", "IBM"]) await stack.lot(ada, id, [symbol, 1, 2]);
  await page.getByRole("button", { name: "Delete…" }).click();
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  await expectVisible(dialog(page).getByText("It has 2 investments."));
  await shoot(page, "portfolio-delete");
  await expectAccessible(page, "a deletion that is asked for");
  await dialog(page).getByRole("button", { name: "Keep" }).click();
  await expectHidden(dialog(page));
  await page.getByRole("button", { name: "Delete…" }).click();
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  await dialog(page).getByRole("button", { name: "Delete with 2 investments" }).click();
  await expectVisible(page.getByText("There is no portfolio yet"));
  assert.deepEqual(await stack.sql("SELECT count(*) FROM portfolios WHERE portfolio_id = %s::uuid", [id]), [[0]]);
  await visitor.leave();
});

test("a name over somebody else's is not saved unseen", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "First");
  const visitor = await scene.visit(`#/portfolios/${id}/settings`, ada);
  const { page } = visitor;
  await expectVisible(page.getByLabel("Name"));
  await stack.lot(ada, id, ["KO", 1, 2]); // another version of the portfolio, but no other name
  await page.getByLabel("Name").fill("Mine");
  await page.getByRole("button", { name: "Save" }).click();
  await expectVisible(page.getByRole("heading", { name: "Mine" }));
  await stack.rest("PUT", `/portfolios/${id}`, { portfolio_name: "Second", portfolio_type: "OTHER" }, ada);
  await page.getByLabel("Name").fill("Third");
  await page.getByRole("button", { name: "Save" }).click();
  await expectText(page.getByRole("alert"), /Somebody changed this/);
  await expectVisible(page.getByText("Stored now: Second"));
  await page.getByRole("button", { name: "Save over it" }).click();
  await expectVisible(page.getByRole("heading", { name: "Third" }));
  await visitor.leave();
});

test("an administrator makes, changes and ends customers", async () => {
  const { stack } = scene;
  const admin = await stack.enter("admin");
  const ada = await stack.user({ name: "Ada" });
  await stack.portfolio(ada, "Hers", [["KO", 1, 2]]);
  const visitor = await scene.visit("#/?all=1", admin);
  const { page } = visitor;
  await page.getByRole("link", { name: "New customer" }).click();
  await page.getByLabel("Name").fill("Grace Hopper");
  await page.getByLabel("E-mail").fill(ada.email.toUpperCase());
  await page.getByRole("button", { name: "Create" }).click();
  await expectVisible(page.locator(".field-error, .notice.is-error").first()); // somebody has it
  await page.getByLabel("E-mail").fill("grace@example.com");
  await page.getByRole("button", { name: "Create" }).click();
  await expectVisible(page.getByRole("heading", { name: "Grace Hopper" }));
  await page.getByRole("link", { name: "Change the customer" }).click();
  await page.getByLabel("Phone").fill("+1 202 555 0100");
  await shoot(page, "customer");
  await page.getByRole("button", { name: "Save" }).click();
  await expectVisible(page.getByRole("link", { name: "Change the customer" }));
  await visitor.go(`#/customers/${ada.customer_id ?? ""}`);
  await page.getByRole("button", { name: "Delete…" }).click();
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  await dialog(page).getByRole("button", { name: "Delete with 1 portfolio and 1 investment" }).click();
  await expectVisible(page.getByRole("heading", { name: "Customers" }));
  assert.deepEqual(await stack.sql("SELECT count(*) FROM customers WHERE customer_id = %s::uuid", [ada.customer_id]), [
    [0],
  ]);
  await visitor.leave();
});

test("another password signs out everybody else, and the wrong one is told", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const other = await scene.visit("", ada);
  const visitor = await scene.visit("", ada);
  const { page } = visitor;
  await page.getByRole("link", { name: /^Account/ }).click();
  const sessions = page.getByRole("table", { name: "Sessions" });
  await expectCount(sessions.getByRole("row"), 4); // the header, both, and the one of the stack
  await page.getByLabel("Present password").fill(WRONG);
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Change it" }).click();
  await expectVisible(page.locator(".field-error").first());
  await page.getByLabel("New password").fill(NEW);
  await page.getByRole("button", { name: "Change it" }).click();
  await expectText(
    page.locator(".field", { has: page.getByLabel("Present password") }).locator(".field-error"),
    "is wrong",
  );
  await page.getByLabel("Present password").fill(ada.password);
  await page.getByRole("button", { name: "Change it" }).click();
  await expectVisible(page.getByText("It is changed."));
  await expectCount(sessions.getByRole("row"), 2);
  await expectVisible(other.page.getByLabel(/^password/i));
  await other.signIn({ email: ada.email, password: NEW });
  await other.leave();
  await visitor.leave();
});

test("a session is ended from another, and all of them at once", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const phone = await scene.visit("", ada, {
    userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1",
  });
  const visitor = await scene.visit("#/account", ada);
  const { page } = visitor;
  await shoot(page, "account");
  await page.getByRole("button", { name: "End the session of Safari on iOS" }).click();
  await dialog(page).getByRole("button", { name: "End it" }).click();
  await expectVisible(phone.page.getByLabel(/^password/i));
  await expectCount(page.getByText("Safari on iOS"), 0);
  const everywhere = page.getByRole("button", { name: "Sign out everywhere" });
  await page.route("**/auth/logout", (route) => route.abort());
  await everywhere.click();
  await expectText(page.getByRole("alert"), /did not answer/); // and nobody believes to be out
  await page.unroute("**/auth/logout");
  await everywhere.click();
  await expectVisible(page.getByLabel(/^password/i));
  const open = "SELECT count(*) FROM sessions WHERE user_id = %s::uuid AND revoked_at IS NULL";
  assert.deepEqual(await stack.sql(open, [ada.user_id]), [[0]]);
  await phone.leave();
  await visitor.leave();
});

test("an API key is shown once, does what it may, and nothing once it is revoked", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const visitor = await scene.visit("#/account", ada, { permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = visitor;
  await expectVisible(page.getByText("There is no key"));
  await page.getByRole("button", { name: "New key" }).click();
  await dialog(page).getByLabel("Read:").uncheck();
  await dialog(page).getByRole("button", { name: "Make it" }).click();
  await expectCount(dialog(page).locator(".field-error"), 2); // a name, and something that it may
  await dialog(page).getByLabel("Name").fill("nightly report");
  await dialog(page).getByLabel("Read:").check();
  await dialog(page).getByLabel("Last day").fill("2999-12-31");
  await shoot(page, "key-form");
  await expectAccessible(page, "the form of a key");
  // Enter, twice: one key is made, as below there is none after one was revoked.
  await page.locator("dialog form").evaluate((form: HTMLFormElement) => [form.requestSubmit(), form.requestSubmit()]);
  const shown = dialog(page).getByLabel("API key", { exact: true });
  const key = await shown.inputValue();
  assert.match(key, /^pfk_/);
  await dialog(page).getByRole("button", { name: "Copy" }).click();
  await expectVisible(dialog(page).getByText("Copied."));
  assert.equal(await page.evaluate("navigator.clipboard.readText()"), key);
  await shoot(page, "key-made");
  const may = async (): Promise<number> =>
    (await fetch(`${stack.url}/portfolios`, { headers: { Authorization: `Bearer ${key}` } })).status;
  assert.equal(await may(), 200);
  await dialog(page).getByRole("button", { name: "I have it" }).click();
  assert.ok(!(await page.content()).includes(key));
  await page.getByRole("button", { name: "Revoke nightly report" }).click();
  await dialog(page).getByRole("button", { name: "Revoke" }).click();
  await expectVisible(page.getByText("There is no key"));
  assert.equal(await may(), 401);
  await visitor.leave();
});

test("on a phone the tab of the page is to be seen", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Narrow");
  const visitor = await scene.visit(`#/portfolios/${id}/settings`, ada, { viewport: { width: 390, height: 844 } });
  const tab = visitor.page.getByRole("link", { name: "Settings" });
  await expectVisible(tab);
  // Brought there once the tabs are drawn.
  await eventually(async () => {
    const { x = -1, width = 0 } = (await tab.boundingBox()) ?? {};
    assert.ok(x >= 0 && x + width <= 390, `from ${x}, ${width} wide`);
  });
  await visitor.leave();
});
