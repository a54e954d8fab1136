// Merge patch: RFC 7396 to the letter, old documents untouched, the same objects where nothing changed.
import assert from "node:assert/strict";
import test from "node:test";
import { type ExactValue, parseExact, stringifyExact } from "../src/index.js";
import { mergePatch } from "../src/merge_patch.js";

const patched = (target: string, patch: string): string =>
  stringifyExact(mergePatch(parseExact(target), parseExact(patch)));

/** The examples of RFC 7396, appendix A. */
const examples: [string, string, string][] = [
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', "{}"],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['["a","b"]', '["c","d"]', '["c","d"]'],
  ['{"a":"b"}', '["c"]', '["c"]'],
  ['{"a":"foo"}', "null", "null"],
  ['{"a":"foo"}', '"bar"', '"bar"'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ["[1,2]", '{"a":"b","c":null}', '{"a":"b"}'],
  ["{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
];

test("the examples of RFC 7396", () => {
  for (const [target, patch, result] of examples) assert.equal(patched(target, patch), result);
});

test("what is not touched is the same object, what is touched a new one", () => {
  type Rows = Record<string, Record<string, ExactValue>>;
  const before = parseExact('{"positions":{"A":{"p":1.5,"q":2},"B":{"p":3}},"totals":{"v":4}}') as Record<string, Rows>;
  const text = stringifyExact(before);
  const after = mergePatch(before as ExactValue, parseExact('{"positions":{"A":{"p":1.6}}}')) as Record<string, Rows>;
  assert.equal(stringifyExact(before), text);
  assert.notEqual(after["positions"]?.["A"], before["positions"]?.["A"]);
  assert.equal(after["positions"]?.["A"]?.["q"], before["positions"]?.["A"]?.["q"]);
  assert.equal(after["positions"]?.["B"], before["positions"]?.["B"]);
  assert.equal(after["totals"], before["totals"]);
});

test("a patch that repeats what is there changes nothing, not even an object", () => {
  const before = parseExact('{"positions":{"A":{"p":1.5,"s":"x"}},"totals":{"v":4}}');
  for (const patch of ["{}", '{"totals":{"v":4}}', '{"positions":{"A":{"p":1.5,"s":"x"},"B":null}}', '{"gone":null}']) {
    assert.equal(mergePatch(before, parseExact(patch)), before);
  }
});

test("no name reaches a prototype", () => {
  const patch = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
  const after = mergePatch(parseExact('{"a":1}'), parseExact(patch)) as object;
  assert.equal(stringifyExact(after), `{"a":1,${patch.slice(1)}`);
  assert.equal(
    patched(stringifyExact(after), '{"__proto__":{"polluted":2},"constructor":null}'),
    '{"a":1,"__proto__":{"polluted":2}}',
  );
  assert.equal(patched(stringifyExact(after), '{"__proto__":null,"constructor":null}'), '{"a":1}');
  // Documents that somebody kept with JSON.parse have a prototype.
  const kept = mergePatch({ a: "b" }, parseExact('{"toString":null,"valueOf":{"x":1}}')) as object;
  assert.deepEqual(Object.keys(kept), ["a", "valueOf"]);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});
