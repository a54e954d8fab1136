// The hook, with React itself: it shows states, draws only what changed, and survives StrictMode.
import assert from "node:assert/strict";
import test from "node:test";
import { act, createElement as h, memo, type ReactNode, StrictMode } from "react";
import { renderToString } from "react-dom/server";
import type { Field, PortfolioClientOptions } from "../src/index.js";
import { PortfolioClient } from "../src/index.js";
import { usePortfolio } from "../src/react.js";
import { miniDom } from "./mini_dom.js";
import { FakeClock, settled, socketFactory } from "./support.js";

const root = miniDom();
const { createRoot } = await import("react-dom/client");

const P = "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11";
const Q = "0b8f2c1e-3a4d-4f6b-8a2e-1c9d7e5f3b21";
const WELCOME =
  '{"type":"welcome","server_time":"2026-03-02T14:30:00.000Z","heartbeat_ms":15000,"reconnect_window_ms":5000,"auth_required":false,"limits":{"max_message_bytes":16384,"max_subscriptions":1000,"max_rate":20,"messages_per_second":50},"help":"x"}';

const world = () => {
  const { WebSocket, sockets } = socketFactory();
  const options: PortfolioClientOptions = { url: "http://host", WebSocket, timers: new FakeClock(), lifecycle: null };
  const client = new PortfolioClient(options);
  const socket = () => {
    const last = sockets.at(-1);
    assert.ok(last);
    return last;
  };
  const receive = (text: string) =>
    act(async () => {
      socket().receive(text);
      await settled();
    });
  const answer = async (id: string, price: string) => {
    const asked = socket()
      .sent.filter((message) => message["portfolio_id"] === id && message.type === "subscribe")
      .at(-1);
    await receive(
      `{"type":"subscribed","id":${asked?.["id"]},"portfolio_id":"${id}","granted":{"max_rate":20},"recovered":false}`,
    );
    await receive(
      `{"type":"snapshot","portfolio_id":"${id}","cursor":"c1","as_of":"2026-03-02T14:30:00.000Z","data":{"portfolio_id":"${id}","portfolio_name":"x","base_currency":"USD","totals":{"total_value":${price}},"positions":{"A":{"current_price":${price}},"B":{"current_price":1}}}}`,
    );
  };
  const show = async (node: ReactNode) => {
    const shown = createRoot(root as unknown as Element);
    await act(async () => {
      shown.render(node);
      await settled();
    });
    return shown;
  };
  return { client, sockets, socket, receive, answer, show };
};

let drawn: string[] = [];
const Row = memo(({ ticker, price }: { ticker: string; price: string }) => {
  drawn.push(ticker);
  return h("p", null, `${ticker} ${price};`);
});

const Portfolio = ({
  client,
  id,
  fields,
}: {
  client: PortfolioClient | null;
  id: string | null;
  fields?: readonly Field[];
}) => {
  const { document, status } = usePortfolio(client, id, { fields });
  const rows = Object.entries(document?.positions ?? {});
  return h(
    "div",
    null,
    `${status};`,
    ...rows.map(([ticker, { current_price }]) => h(Row, { key: ticker, ticker, price: String(current_price) })),
  );
};

test("a portfolio is shown, live, and only the row that changed is drawn", async () => {
  const { client, socket, receive, answer, show } = world();
  const shown = await show(h(StrictMode, null, h(Portfolio, { client, id: P })));
  assert.equal(root.textContent, "loading;");
  socket().accept();
  await receive(WELCOME);
  assert.equal(socket().sent.length, 1, "StrictMode's second mount is no second subscription");
  await answer(P, "10.50");
  assert.equal(root.textContent, "live;A 10.50;B 1;");
  drawn = [];
  await receive(
    `{"type":"delta","portfolio_id":"${P}","base":"c1","cursor":"c2","as_of":"2026-03-02T14:30:01.000Z","patch":{"positions":{"A":{"current_price":11}}}}`,
  );
  assert.equal(root.textContent, "live;A 11;B 1;");
  assert.deepEqual([...new Set(drawn)], ["A"]);
  await act(async () => shown.unmount());
  await settled();
  assert.equal(socket().sent.at(-1)?.type, "unsubscribe");
  client.close();
});

test("another portfolio, other fields, and none", async () => {
  const { client, socket, receive, answer, show } = world();
  const shown = await show(h(Portfolio, { client, id: P }));
  socket().accept();
  await receive(WELCOME);
  await answer(P, "10");
  const render = (node: ReactNode) =>
    act(async () => {
      shown.render(node);
      await settled();
    });
  await render(h(Portfolio, { client, id: Q }));
  assert.equal(root.textContent, "loading;");
  assert.deepEqual(
    socket()
      .sent.map(({ type }) => type)
      .sort(),
    ["subscribe", "subscribe", "unsubscribe"],
  );
  await answer(Q, "20");
  assert.equal(root.textContent, "live;A 20;B 1;");
  await render(h(Portfolio, { client, id: Q, fields: ["current_price"] }));
  assert.deepEqual(socket().sent.at(-1)?.["fields"], ["current_price"]);
  await render(h(Portfolio, { client, id: null }));
  assert.equal(root.textContent, "loading;");
  await render(h(Portfolio, { client: null, id: Q }));
  assert.equal(socket().sent.at(-1)?.type, "unsubscribe");
  await act(async () => shown.unmount());
  client.close();
});

test("two components of one portfolio are one subscription", async () => {
  const { client, socket, receive, answer, show } = world();
  const shown = await show(h("div", null, h(Portfolio, { client, id: P }), h(Portfolio, { client, id: P })));
  socket().accept();
  await receive(WELCOME);
  await answer(P, "10");
  assert.equal(root.textContent, "live;A 10;B 1;live;A 10;B 1;");
  assert.equal(socket().sent.length, 1);
  await act(async () => shown.unmount());
  client.close();
});

test("on a server it shows that it loads, and connects nowhere", () => {
  const { client, sockets } = world();
  assert.equal(renderToString(h(Portfolio, { client, id: P })), "<div>loading;</div>");
  assert.equal(sockets.length, 0);
});
