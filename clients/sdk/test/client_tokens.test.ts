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
