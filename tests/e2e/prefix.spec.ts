// The dashboard below a path of somebody else's host, behind HAProxy, and with a build that is replaced meanwhile.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { expectMark, expectTotal } from "./support/portfolio_page";
import { Scene } from "./support/scene";
import { expectVisible } from "./support/wait";

const PREFIX = "/finance/portfolio";
const HAPROXY = ["/usr/sbin/haproxy", "/usr/bin/haproxy", "/usr/local/sbin/haproxy"];

const scene = Scene.prepare();

test("pages, REST and the stream work below a path", { skip: !HAPROXY.some(existsSync) && "haproxy is not installed" }, async () => {
  const { stack } = scene;
  const ada = await stack.user();
  const id = await stack.portfolio(ada, "Behind", [["KO", 10, 50]]);
  await stack.price("KO", 60);
  const { url } = (await stack.ask("proxy", { prefix: PREFIX })) as { url: string };
  const visitor = await scene.visit();
  const asked: string[] = [];
  visitor.page.on("request", (request) => asked.push(request.url()));
  visitor.page.on("websocket", (socket) => asked.push(socket.url()));
  await visitor.page.goto(url); // without the slash: HAProxy adds it
  await visitor.signIn(ada);
  await visitor.page.getByRole("link", { name: "Behind" }).click();
  await expectTotal(visitor.page, "total_value", "600.00");
  await expectMark(visitor.page, "Live");
  await stack.price("KO", 61);
  await expectTotal(visitor.page, "total_value", "610.00");
  await visitor.page.reload();
  await expectVisible(visitor.page.getByRole("heading", { name: "Behind" }));
  assert.ok(visitor.page.url().startsWith(`${url}/#/portfolios/${id}`), visitor.page.url());
  const through = asked.map((address) => new URL(address)).filter(({ host }) => host === new URL(url).host);
  assert.deepEqual(through.filter(({ pathname }) => !pathname.startsWith(PREFIX)), []);
  assert.ok(through.some(({ protocol }) => protocol === "ws:"), "a stream");
  await visitor.leave();
});
