import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiProblem } from "@portfolio-stream/client";
import { askAgainMs, problemOf } from "../src/api";

const problem = (status: number, detail: string, waitS?: number) =>
  problemOf(
    new ApiProblem(status, { detail, code: "unavailable" }, new Headers(waitS ? { "Retry-After": String(waitS) } : {})),
  );

test("a problem says how long to wait, once", () => {
  assert.equal(problem(503, "The database is away").detail, "The database is away.");
  assert.equal(problem(503, "The database is away", 7).detail, "The database is away. Try again in 7 seconds.");
  assert.equal(problem(429, "Too many requests", 1).detail, "Too many requests. Try again in 1 second.");
  const locked = "Too many attempts have failed: wait 30 s";
  assert.equal(problem(429, locked, 30).detail, `${locked}.`);
});

test("what may pass is asked again, not before the server wants it; what is wrong is not", () => {
  for (const status of [0, 429, 502, 503, 504]) assert.equal(askAgainMs(problem(status, "")), 5000);
  assert.equal(askAgainMs(problem(503, "", 60)), 60_000);
  for (const status of [400, 401, 403, 404, 409, 422, 500]) assert.equal(askAgainMs(problem(status, "")), null);
  assert.equal(askAgainMs(problemOf(new Error("a bug"))), null);
});
