// Who is signed in, and sees what.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { expectMark } from "./support/portfolio_page";
import { Scene } from "./support/scene";
import { eventually, expectCount, expectVisible } from "./support/wait";

const scene = Scene.prepare();

test("a wrong password is told, the right one lets in, a reload stays, signing out ends everything", async () => {
  const { stack } = scene;
  const [ada, grace] = [await stack.user({ name: "Ada" }), await stack.user({ name: "Grace" })];
  await stack.portfolio(ada, "Ada's");
  await stack.portfolio(grace, "Grace's");
  const visitor = await scene.visit();
  const { page } = visitor;
  await page.getByLabel(/^e-?mail/i).fill(ada.email);
  await page.getByLabel(/^password/i).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expectVisible(page.getByRole("alert"));
  await visitor.signIn(ada);
  await expectVisible(page.getByRole("link", { name: "Ada's" }));
  await expectCount(page.getByText("Grace's"), 0);
  await page.reload();
  await expectVisible(page.getByRole("link", { name: "Ada's" }));
  await eventually(async () => assert.equal(await stack.metric("pf_connections"), 1));
  await page.evaluate("window.isTheSamePage = true");
  await page.getByRole("button", { name: "Sign out" }).click();
  // The page begins anew, a little after the form is shown.
  await eventually(async () => assert.equal(await page.evaluate("window.isTheSamePage"), undefined));
  await expectVisible(page.getByLabel(/^password/i));
  await expectCount(page.getByText("Ada's"), 0);
  await eventually(async () => assert.equal(await stack.metric("pf_connections"), 0));
  const kept = "JSON.stringify([Object.keys(sessionStorage), Object.keys(localStorage)])";
  assert.equal(await page.evaluate(kept), '[["portfolio.tab"],[]]'); // that it is a tab of ours, and nobody's
  await visitor.leave();
});

test("after signing in one is where one wanted to go", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Wanted", [["KO", 1, 2]]);
  const visitor = await scene.visit(`#/portfolios/${id}?q=ko`);
  await visitor.signIn(ada);
  await expectVisible(visitor.page.getByRole("heading", { name: "Wanted" }));
  assert.ok(visitor.page.url().endsWith(`#/portfolios/${id}?q=ko`), visitor.page.url());
  await visitor.leave();
});

test("what is somebody else's is like what is not there", async () => {
  const { stack } = scene;
  const [ada, grace] = [await stack.user(), await stack.user()];
  const id = await stack.portfolio(grace, "Hers");
  const visitor = await scene.visit(`#/portfolios/${id}`, ada);
  await expectVisible(visitor.page.getByText("There is no such portfolio"));
  await expectCount(visitor.page.getByText("Hers"), 0);
  await visitor.leave();
});

test("a session that is ended elsewhere leads to the door", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Mine");
  const visitor = await scene.visit(`#/portfolios/${id}`, ada);
  await expectVisible(visitor.page.getByRole("heading", { name: "Mine" }));
  await stack.sql("UPDATE sessions SET revoked_at = now() WHERE user_id = %s::uuid", [ada.user_id]);
  await expectVisible(visitor.page.getByLabel(/^password/i));
  await visitor.leave();
});

test("all tabs of a browser are signed in, and out, together; the last one that is closed signs out", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  await stack.portfolio(ada, "Shared");
  const visitor = await scene.visit("", ada);
  const { page, context } = visitor;
  const link = (tab: Page): Locator => tab.getByRole("link", { name: "Shared" });
  const opened = context.waitForEvent("page");
  await link(page).click({ modifiers: ["Control"] });
  const second = await opened;
  await expectVisible(second.getByRole("heading", { name: "Shared" }));
  // A duplicate has a copy of the sessionStorage. Tokens are good once: each takes turns, and none ends the session.
  const duplicated = context.waitForEvent("page");
  await page.evaluate("void open(location.href)");
  const third = await duplicated;
  await expectVisible(link(third));
  for (const tab of [page, third, page]) {
    await tab.reload();
    await expectVisible(link(tab));
  }
  assert.equal(await stack.metric("pf_refresh_reused_total"), 0);
  await second.getByRole("button", { name: "Sign out" }).click();
  for (const tab of [page, second, third]) await expectVisible(tab.getByLabel(/^password/i));
  await visitor.signIn(ada);
  for (const tab of [page, third]) await expectVisible(link(tab));
  const last = await context.newPage(); // else the browser's profile ends with its pages
  for (const tab of [page, second, third]) await tab.close();
  await last.goto(`${stack.url}/health`);
  const locks = "navigator.locks.query().then(({ held }) => held.length)";
  await eventually(async () => assert.equal(await last.evaluate(locks), 0)); // then the browser has closed them
  await last.goto(stack.url);
  await expectVisible(last.getByLabel(/^password/i));
  assert.equal(await last.evaluate("localStorage.length"), 0);
  await visitor.leave();
});

test("a tab that is out has no stream any more, and the next person's begins", async () => {
  const { stack } = scene;
  const [ada, grace] = [await stack.user(), await stack.user()];
  await stack.portfolio(ada, "Ada's own");
  await stack.portfolio(grace, "Grace's own");
  const visitor = await scene.visit("", ada);
  const { page, context } = visitor;
  const second = await context.newPage();
  await second.goto(stack.url);
  for (const tab of [page, second]) await expectMark(tab, "Live");
  // The server does not hear of it: her session goes on there, and would go on being sent.
  await context.route("**/auth/logout", (route) => route.abort());
  await second.getByRole("button", { name: "Sign out" }).click();
  for (const tab of [page, second]) await expectVisible(tab.getByLabel(/^password/i));
  await eventually(async () => assert.equal(await stack.metric("pf_connections"), 0));
  await visitor.signIn(grace);
  await expectVisible(page.getByRole("link", { name: "Grace's own" }));
  await expectMark(page, "Live");
  await expectCount(page.getByText("Ada's own"), 0);
  await visitor.leave();
});

test("what was typed outlives the session, for who typed it", async () => {
  const { stack } = scene;
  const [ada, grace] = [await stack.user(), await stack.user()];
  const id = await stack.portfolio(ada, "Half filled");
  const visitor = await scene.visit(`#/portfolios/${id}/investments?add=1`, ada);
  const { page } = visitor;
  const form = page.getByRole("form", { name: "Add an investment" });
  const type = async (): Promise<void> => {
    await form.getByRole("combobox", { name: "Symbol" }).fill("KO");
    await form.getByLabel("Quantity").fill("1.50000001");
    await form.getByLabel("Purchased on").fill("2024-01-02");
  };
  const end = async (): Promise<void> => {
    await stack.sql("UPDATE sessions SET revoked_at = now() WHERE user_id = %s::uuid", [ada.user_id]);
    await expectVisible(page.getByLabel(/^password/i));
  };
  await type();
  await end();
  await visitor.signIn(ada);
  await expectVisible(form.getByText("What you had typed is here again"));
  await form.getByLabel("Price of one").fill("40");
  await form.getByRole("button", { name: "Add" }).click();
  await expectVisible(page.getByText(/^Added: 1.50000001 KO of/));
  await page.getByRole("button", { name: "Add", exact: true }).click();
  assert.equal(await form.getByLabel("Quantity").inputValue(), "");
  await visitor.go("#/portfolios/new");
  const name = page.getByRole("form", { name: "New portfolio" }).getByLabel("Name");
  await name.fill("Ada's secret");
  await end();
  await visitor.signIn(grace);
  assert.equal(await name.inputValue(), "");
  await visitor.leave();
});

for (const [fate, told] of [
  ["done", "What you had sent was done."],
  ["refused", "What you had typed is here again; nothing of it was stored."],
  ["open", "It may have been done already: send it again without a change, and it is done once."],
] as const) {
  test(`what was under way when the session ended is told of, and done once: ${fate}`, async () => {
    const { stack } = scene;
    const ada = await stack.user();
    const id = await stack.portfolio(ada, "Under way");
    const visitor = await scene.visit(`#/portfolios/${id}/investments?add=1`, ada);
    const { page } = visitor;
    const form = page.getByRole("form", { name: "Add an investment" });
    const keys: string[] = [];
    let answer = (): void => undefined;
    const mayAnswer = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/investments", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      keys.push((await route.request().headerValue("idempotency-key")) ?? "");
      if (keys.length > 1) return route.continue();
      if (fate === "refused") {
        await mayAnswer;
        return route.fulfill({ status: 401, json: { status: 401, code: "token_expired", detail: "It is over" } });
      }
      const response = await route.fetch();
      await mayAnswer;
      return fate === "done" ? route.fulfill({ response }) : route.abort();
    });
    await form.getByRole("combobox", { name: "Symbol" }).fill("KO");
    for (const [label, text] of [["Quantity", "3"], ["Price of one", "40"], ["Purchased on", "2024-01-02"]] as const)
      await form.getByLabel(label).fill(text);
    await form.getByRole("button", { name: "Add" }).click();
    const lots = (): Promise<unknown> =>
      stack.sql("SELECT count(*) FROM investments WHERE portfolio_id = %s::uuid", [id]);
    if (fate !== "refused") await eventually(async () => assert.deepEqual(await lots(), [[1]]));
    await stack.sql("UPDATE sessions SET revoked_at = now() WHERE user_id = %s::uuid", [ada.user_id]);
    await expectVisible(page.getByLabel(/^password/i));
    if (fate !== "open") {
      const answered = page.waitForResponse((response) => response.request().method() === "POST");
      answer();
      await (await answered).finished();
    }
    await visitor.signIn(ada);
    await expectVisible(form.getByText(told));
    assert.equal(await form.getByLabel("Quantity").inputValue(), fate === "done" ? "" : "3");
    if (fate !== "done") {
      await form.getByRole("button", { name: "Add" }).click();
      await expectVisible(page.getByText(/^Added: 3 KO of/));
      assert.equal(new Set(keys).size, 1, keys.join());
    }
    answer();
    assert.deepEqual(await lots(), [[1]]);
    await visitor.leave();
  });
}

test("a demo's account is offered where there is one", async () => {
  const { stack } = scene;
  const ada = await stack.user();
  await stack.portfolio(ada, "Demo's");
  const visitor = await scene.visit("#/register");
  const { email, password } = ada;
  await visitor.page.route("**/demo.json", (route) => route.fulfill({ json: { email, password } }));
  await visitor.page.goto(`${stack.url}/?demo`);
  await visitor.page.getByRole("button", { name: `Use the demo account, ${email}` }).click();
  await expectVisible(visitor.page.getByRole("link", { name: "Demo's" }));
  await visitor.leave();
});
