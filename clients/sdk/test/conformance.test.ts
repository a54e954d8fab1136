// Runs every transcript of protocol/conformance, with the least, a middle and the greatest jitter.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { TranscriptRun } from "./transcript.js";

const folder = join(process.env["PROTOCOL_DIR"] ?? "../../protocol", "conformance");
const names = readdirSync(folder).filter((name) => name.endsWith(".transcript"));

test("there are transcripts", () => assert.ok(names.length >= 25));

for (const name of names) {
  test(name, async () => {
    for (const random of [0, 0.5, 1 - Number.EPSILON]) {
      await new TranscriptRun(random).run(readFileSync(join(folder, name), "utf8"));
    }
  });
}

/** Steps that a client which follows the rule does not do: the runner has to notice. */
const wrong = [
  "waits 0..500",
  '> {"type":"ping"}',
  "drops 1006\nwaits 600..700",
  '= {"portfolio_id":"6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11"}',
  "status 6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11 ended",
  "gives up",
  "closes",
  "opens",
  "advance 40000",
];

test("the runner fails where a client does something else", async () => {
  const good = readFileSync(join(folder, "hello_snapshot_delta.transcript"), "utf8");
  for (const steps of wrong) {
    await assert.rejects(new TranscriptRun(0.5).run(`${good}${steps}\n`), `passed: ${steps}`);
  }
});
