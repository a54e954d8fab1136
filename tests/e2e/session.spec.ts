// Who is signed in, and sees what.
import assert from "node:assert/strict";
import { test } from "node:test";
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
  await page.getByRole("button", { name: "Sign out" }).click();
  await expectVisible(page.getByLabel(/^password/i));
  await expectCount(page.getByText("Ada's"), 0);
  await eventually(async () => assert.equal(await stack.metric("pf_connections"), 0));
  assert.equal(await page.evaluate("JSON.stringify([sessionStorage.length, localStorage.length])"), "[0,0]");
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
