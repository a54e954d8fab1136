// The client and its token source: late, failing, renewed.
import assert from "node:assert/strict";
import test from "node:test";
import { Bench } from "./client_bench.js";
import { settled } from "./support.js";

test("a token source that fails is asked again later, one that has none ends it", async () => {
  let answer: () => string | null = () => {
    throw new Error("no network");
  };
  const bench = new Bench({ token: async () => answer() });
  const errors: string[] = [];
  bench.client.on("error", ({ code, retryable }) => errors.push(`${code} ${retryable}`));
  bench.client.connect();
  await bench.welcome({ auth_required: true });
  assert.equal(bench.client.state, "waiting");
  answer = () => "good";
  await bench.clock.advance(500);
  await bench.welcome({ auth_required: true });
  assert.equal(bench.said("auth")[0]?.["token"], "good");
  answer = () => null;
  await bench.receive({
    type: "error",
    id: bench.said("auth")[0]?.["id"],
    code: "unauthorized",
    status: 401,
    detail: "no",
    retryable: false,
  });
  assert.equal(bench.client.state, "closed");
  assert.equal(bench.client.connection.error?.code, "unauthorized");
  assert.deepEqual(errors, ["unauthorized true", "unauthorized false"]);
});

test("a token that cannot be renewed yet is asked for again, while the stream goes on", async () => {
  let token = "first";
  const bench = new Bench({ token: () => token });
  bench.client.connect();
  await bench.welcome({ auth_required: true });
  await bench.receive({ type: "authenticated" }, { type: "auth_expiring", expires_at: "2026-03-02T14:45:00.000Z" });
  assert.equal(bench.said("auth").length, 1, "the same token is not sent again");
  token = "second";
  await bench.clock.advance(5_000);
  assert.equal(bench.said("auth")[1]?.["token"], "second");
  assert.equal(bench.client.state, "open");
});

test("an answer of the token source that comes too late is for nobody", async () => {
  const answers: ((token: string) => void)[] = [];
  const bench = new Bench({ token: () => new Promise<string>((resolve) => answers.push(resolve)) });
  bench.client.connect();
  await bench.welcome({ auth_required: true });
  bench.socket.end(1006);
  await bench.clock.advance(500);
  answers[0]?.("late");
  await settled();
  assert.equal(bench.opened, 2);
  assert.deepEqual(bench.socket.sent, []);
});

test("a renewal that comes too late is for nobody either", async () => {
  const answers: ((token: string) => void)[] = [];
  const bench = new Bench({ token: () => new Promise<string>((resolve) => answers.push(resolve)) });
  bench.client.connect();
  await bench.welcome({ auth_required: true });
  answers[0]?.("first");
  await settled();
  await bench.receive({ type: "authenticated" }, { type: "auth_expiring", expires_at: "2026-03-02T14:45:00.000Z" });
  bench.socket.end(1006);
  await bench.clock.advance(500);
  await bench.welcome();
  answers[1]?.("late");
  await settled();
  assert.deepEqual([bench.client.state, bench.said("auth")], ["open", []]);
});

test("a token source that does not answer is one that failed: it is asked again, wherever it was asked", async () => {
  let hangs = true;
  let token = "first";
  const bench = new Bench({ token: () => (hangs ? new Promise<string>(() => {}) : token) });
  const errors: string[] = [];
  bench.client.on("error", ({ retryable }) => errors.push(String(retryable)));
  const pong = () => bench.receive({ type: "pong", server_time: "2026-03-02T14:30:00.000Z" });
  // Connecting.
  bench.client.connect();
  await bench.welcome({ auth_required: true });
  await bench.clock.advance(15_000);
  assert.equal(bench.client.state, "waiting");
  hangs = false;
  await bench.clock.advance(500);
  await bench.welcome({ auth_required: true });
  await bench.receive({ type: "authenticated" });
  assert.equal(bench.client.state, "open");
  // In band.
  hangs = true;
  await bench.receive({ type: "auth_expiring", expires_at: "2026-03-02T14:45:00.000Z" });
  await bench.clock.advance(15_000);
  await pong();
  [hangs, token] = [false, "second"];
  await bench.clock.advance(5_000);
  assert.equal(bench.said("auth")[1]?.["token"], "second");
  // After a close for it.
  hangs = true;
  bench.socket.end(4401);
  await bench.clock.advance(15_000);
  assert.equal(bench.client.state, "waiting");
  [hangs, token] = [false, "third"];
  await bench.clock.advance(500);
  await bench.welcome({ auth_required: true });
  assert.equal(bench.said("auth")[0]?.["token"], "third");
  assert.deepEqual(errors, ["true", "true", "true"]);
  bench.client.close();
  assert.equal(bench.clock.pending, 0);
});

test("a token source that hangs for one connection does not keep the next one from renewing", async () => {
  const answers: ((token: string) => void)[] = [];
  const bench = new Bench({ token: () => new Promise<string>((resolve) => answers.push(resolve)) });
  bench.client.connect();
  const authenticate = async (token: string) => {
    await bench.welcome({ auth_required: true });
    answers.pop()?.(token);
    await settled();
    await bench.receive({ type: "authenticated" }, { type: "auth_expiring", expires_at: "2026-03-02T14:45:00.000Z" });
  };
  await authenticate("first");
  bench.socket.end(1006);
  await bench.clock.advance(500);
  await authenticate("second");
  answers.pop()?.("third");
  await settled();
  assert.deepEqual(
    bench.said("auth").map(({ token }) => token),
    ["second", "third"],
  );
});
