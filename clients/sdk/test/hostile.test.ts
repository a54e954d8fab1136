// Frames that no server sends: whatever comes, nothing is thrown at the application, what is shown is
// a document, and a good server is followed again afterwards.
import assert from "node:assert/strict";
import test from "node:test";
import { PortfolioClient } from "../src/index.js";
import { PORTFOLIO, randomOf } from "./model_server.js";
import { FakeClock, settled, socketFactory } from "./support.js";

const RUNS = 300;
const ODD = [
  "null",
  "0",
  "-1",
  '""',
  '"x"',
  "[]",
  "{}",
  "true",
  "1e400",
  '{"__proto__":null}',
  `{"${PORTFOLIO}":null}`,
  '{"A":null}',
  '{"A":5}',
];
const WELCOME =
  '{"type":"welcome","server_time":"2026-03-02T14:30:00.000Z","heartbeat_ms":15000,"reconnect_window_ms":5000,"auth_required":false,"limits":{"max_message_bytes":16384,"max_subscriptions":1000,"max_rate":20,"messages_per_second":50},"help":"x"}';
const SNAPSHOT = `{"type":"snapshot","portfolio_id":"${PORTFOLIO}","cursor":"c1","as_of":"2026-03-02T14:30:00.000Z","data":{"portfolio_id":"${PORTFOLIO}","portfolio_name":"x","base_currency":"USD","totals":{"total_value":1},"positions":{"A":{"current_price":1,"stale":false}}}}`;
const FRAMES = [
  WELCOME,
  SNAPSHOT,
  `{"type":"subscribed","id":1,"portfolio_id":"${PORTFOLIO}","granted":{"max_rate":20},"recovered":false}`,
  `{"type":"delta","portfolio_id":"${PORTFOLIO}","base":"c1","cursor":"c2","as_of":"2026-03-02T14:30:00.000Z","patch":{"totals":{"total_value":2},"positions":{"A":{"current_price":2},"B":null}}}`,
  `{"type":"heartbeat","server_time":"2026-03-02T14:30:00.000Z","subscriptions":{"${PORTFOLIO}":{"cursor":"c1","state":"quiet"}}}`,
  `{"type":"unsubscribed","portfolio_id":"${PORTFOLIO}"}`,
  `{"type":"error","id":1,"code":"unavailable","status":503,"detail":"x","retryable":true,"retry_after_ms":10,"portfolio_id":"${PORTFOLIO}"}`,
  '{"type":"auth_expiring","expires_at":"2026-03-02T14:30:00.000Z"}',
  '{"type":"authenticated","id":1,"expires_at":"2026-03-02T14:30:00.000Z"}',
  '{"type":"pong","server_time":"2026-03-02T14:30:00.000Z"}',
];

/** The frame with some value of it replaced, or cut, or with a character changed. */
const spoiled = (frame: string, random: () => number): string => {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const kind = random();
  const at = Math.floor(random() * frame.length);
  if (kind < 0.1) return frame.slice(0, at);
  if (kind < 0.2) return frame.slice(0, at) + pick(['"', "{", "}", ",", "0", "\u0000"]) + frame.slice(at + 1);
  const values = [...frame.matchAll(/:("[^"]*"|-?[0-9.]+|true|false|null|\{[^{}]*\})/g)];
  const { index = 0, 1: value = "" } = pick(values);
  return frame.slice(0, index + 1) + pick(ODD) + frame.slice(index + 1 + value.length);
};

test("whatever comes, the client goes on", async () => {
  let survived = 0;
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const random = randomOf(seed);
    const clock = new FakeClock();
    const { WebSocket, sockets } = socketFactory();
    const client = new PortfolioClient({
      url: "http://host",
      WebSocket,
      timers: clock,
      random,
      lifecycle: null,
      token: () => "t",
    });
    const subscription = client.subscribe(PORTFOLIO);
    subscription.on("state", ({ document }) => assert.equal(typeof document, "object"));
    for (let round = 0; round < 20; round += 1) {
      const socket = sockets.at(-1);
      if (socket?.readyState === 0) socket.accept();
      if (random() < 0.5) socket?.receive(WELCOME);
      await settled();
      socket?.receive(
        random() < 0.5
          ? FRAMES[Math.floor(random() * FRAMES.length)]
          : spoiled(FRAMES[Math.floor(random() * FRAMES.length)] ?? "", random),
      );
      await settled();
      await clock.advance(Math.floor(random() * 60_000));
    }
    // A good server, on a connection of now.
    client.close();
    client.connect();
    const socket = sockets.at(-1);
    assert.ok(socket);
    socket.accept();
    socket.receive(WELCOME);
    await settled();
    const subscribed = socket.sent.find((message) => message.type === "subscribe");
    if (subscription.status === "ended") continue;
    socket.receive(
      `{"type":"subscribed","id":${subscribed?.["id"]},"portfolio_id":"${PORTFOLIO}","granted":{"max_rate":20},"recovered":false}`,
    );
    socket.receive(SNAPSHOT);
    await settled();
    assert.equal(subscription.status, "live", `seed ${seed}`);
    assert.equal(String(subscription.document?.totals.total_value), "1");
    survived += 1;
    client.close();
    assert.equal(clock.pending, 0);
  }
  assert.ok(survived > RUNS / 2, `only ${survived}`);
});
