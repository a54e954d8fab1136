// How long is waited: for each way that a connection ends, the range of the wait.
import assert from "node:assert/strict";
import test from "node:test";
import { waitMs } from "../src/backoff.js";

type Case = [
  what: string,
  attempt: number,
  afterMs: number | null,
  code: number,
  windowMs: number,
  least: number,
  most: number,
];

const cases: Case[] = [
  ["lost", 0, null, 1006, 5000, 0, 500],
  ["lost again", 1, null, 1006, 5000, 0, 1000],
  ["lost many times", 6, null, 1006, 5000, 0, 30_000],
  ["lost for days", 5000, null, 1006, 5000, 0, 30_000],
  ["an internal error", 0, null, 1011, 5000, 0, 500],
  ["a restart that says when", 0, 3200, 1012, 5000, 3200, 3700],
  ["a restart that says at once", 0, 0, 1012, 5000, 0, 500],
  ["a restart that says nothing", 0, null, 1012, 5000, 0, 5000],
  ["going away", 0, null, 1001, 5000, 0, 5000],
  ["a window shorter than the backoff", 4, null, 1012, 5000, 0, 8000],
  ["busy", 0, null, 1013, 5000, 15_000, 30_000],
  ["too many", 3, null, 4429, 5000, 15_000, 30_000],
  ["busy, and says when", 0, 2000, 1013, 5000, 2000, 2500],
  ["busy, and says nothing useful", 0, 0, 1013, 5000, 15_000, 30_000],
];

for (const [what, attempt, afterMs, code, windowMs, least, most] of cases) {
  test(`${what}: ${least} to ${most} ms`, () => {
    assert.equal(
      waitMs(attempt, () => 0, afterMs, code, windowMs),
      least,
    );
    const longest = waitMs(attempt, () => 1 - Number.EPSILON, afterMs, code, windowMs);
    assert.ok(longest <= most && longest >= most - 1, `${longest}`);
  });
}
