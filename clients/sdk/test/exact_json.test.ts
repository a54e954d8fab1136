// Exact JSON and Decimal: no digit is lost, nothing that is not JSON is read, whatever is sent.
import assert from "node:assert/strict";
import test from "node:test";
import { Decimal, parseExact, stringifyExact } from "../src/index.js";

type Members = Record<string, unknown>;
const member = (text: string, name = "a"): unknown => (parseExact(text) as Members)[name];
const textOf = (value: unknown): string => {
  assert.ok(value instanceof Decimal);
  return value.text;
};

test("numbers keep the text that came", () => {
  for (const text of [
    "0",
    "-0",
    "0.1",
    "90000000.12345678",
    "9007199254740993",
    "-0.00000001",
    "1.500",
    "123456789012345678901234567890.12345678",
  ]) {
    assert.equal(textOf(member(`{"a":${text}}`)), text);
    assert.equal(textOf(parseExact(text)), text);
    assert.equal(stringifyExact({ a: Decimal.from(text) }), `{"a":${text}}`);
  }
});

test("what the contract counts with are numbers", () => {
  assert.equal(member('{"unpriced":3}', "unpriced"), 3);
  assert.equal(member('{"status":404}', "status"), 404);
  assert.equal(member('{"max_rate":0.5}', "max_rate"), 0.5);
});

test("an exponent, which the server never writes, harms nothing", () => {
  for (const text of ["1e400", "-1.5E+2", "1e-99999", "0e5"]) assert.equal(textOf(parseExact(text)), text);
  assert.equal(Decimal.from("0e5").sign, 0);
  assert.equal(Decimal.from("-1e5").sign, -1);
  assert.equal(Decimal.from("1e2").compare(Decimal.from("99.5")), 1);
  assert.equal(Decimal.from("1e2").compare(Decimal.from("100")), 0);
});

test("strings are what JSON.parse makes of them, also those that look like numbers or marks", () => {
  const strings = [
    '""',
    '"1.5"',
    '"\\u0001 1.5"',
    '"a\\"b\\\\"',
    '"\\ud83d\\ude00"',
    '"{\\"a\\":1}"',
    '"\\n\\t\\/"',
    '"é\u2028"',
    '"\\\\"',
  ];
  for (const text of strings) {
    assert.equal(parseExact(text), JSON.parse(text));
    assert.equal(member(`{${text}:${text}}`, JSON.parse(text) as string), JSON.parse(text));
  }
});

test("structure and space are as in JSON", () => {
  assert.equal(
    stringifyExact(parseExact(' { "a" : [ ] , "b" : { } , "c" : [ true , false , null , "x" , 1.50 ] } \n')),
    '{"a":[],"b":{},"c":[true,false,null,"x",1.50]}',
  );
});

test("what is not JSON is refused", () => {
  const wrong = [
    "",
    " ",
    "{",
    "}",
    "[1,]",
    '{"a":1,}',
    "{a:1}",
    '{"a" 1}',
    "[1 2]",
    "01",
    "1.",
    ".5",
    "+1",
    "-",
    "1e",
    "NaN",
    "Infinity",
    "nul",
    "truex",
    '"\n"',
    '"\t"',
    '"\\x"',
    '"\\u12"',
    '"open',
    "[1]]",
    "1 1",
    "'a'",
    "/**/1",
    "\u00a01",
    "\ufeff1",
    '{"a":1}{',
    "0x10",
    "[",
    '["a"',
    "--1",
  ];
  for (const text of wrong) {
    assert.throws(() => JSON.parse(text), SyntaxError, `JSON.parse takes ${text}`);
    assert.throws(() => parseExact(text), SyntaxError, `taken: ${text}`);
  }
});

test("deep nesting is refused without harm", () => {
  for (const open of ["[", '{"a":']) {
    assert.throws(() => parseExact(open.repeat(1_000_000)), SyntaxError);
  }
  assert.ok(parseExact("[".repeat(100) + "]".repeat(100)));
});

test("names that mean something to the language are members like others", () => {
  const text = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1}';
  const value = parseExact(text) as Members;
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.deepEqual(Object.keys(value), ["__proto__", "constructor", "toString"]);
  assert.equal(stringifyExact(value), text);
  assert.equal(({} as Members)["polluted"], undefined);
});

test("random documents are read as JSON.parse reads them", () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  const make = (depth: number): unknown => {
    const kind = random(depth > 4 ? 5 : 7);
    if (kind === 0) return null;
    if (kind === 1) return random(2) === 0;
    if (kind === 2) return String.fromCharCode(...Array.from({ length: random(6) }, () => random(300)));
    if (kind <= 4) return random(100000) / 2 ** random(10);
    if (kind === 5) return Array.from({ length: random(5) }, () => make(depth + 1));
    return Object.fromEntries(Array.from({ length: random(5) }, () => [`k${random(50)}`, make(depth + 1)]));
  };
  for (let i = 0; i < 2000; i += 1) {
    const text = JSON.stringify(make(0), null, random(3));
    assert.deepEqual(JSON.parse(stringifyExact(parseExact(text))), JSON.parse(text));
  }
});

test("broken documents are refused exactly where JSON.parse refuses them", () => {
  const good = '{"a":[1.5,-2e3,"x\\n\\u00e9",true,null,{"b":{}}],"c":""}';
  let refused = 0;
  for (let at = 0; at < good.length; at += 1) {
    for (const put of ["", '"', "{", "]", ",", "0", "-", "e", ".", "\\", " ", "\u0000"]) {
      const text = good.slice(0, at) + put + good.slice(at + 1);
      let expected: string | null = null;
      try {
        expected = JSON.stringify(JSON.parse(text));
      } catch {
        refused += 1;
      }
      if (expected === null) assert.throws(() => parseExact(text), `taken: ${text}`);
      else assert.equal(JSON.stringify(JSON.parse(stringifyExact(parseExact(text)))), expected);
    }
  }
  assert.ok(refused > 100);
});

test("decimals compare by value", () => {
  const order = [
    "-123456789012345678901234567890",
    "-10",
    "-9.99",
    "-0.1",
    "-0.00000001",
    "0",
    "0.00000001",
    "0.1",
    "0.11",
    "0.2",
    "1",
    "9.99",
    "10",
    "10.00000001",
    "100",
  ];
  order.forEach((a, i) =>
    order.forEach((b, j) => assert.equal(Decimal.from(a).compare(Decimal.from(b)), Math.sign(i - j), `${a} ${b}`)),
  );
  for (const [a, b] of [
    ["1.50", "1.5"],
    ["0", "-0.00"],
    ["1", "1.0"],
  ] as const)
    assert.equal(Decimal.from(a).compare(Decimal.from(b)), 0);
});

test("a decimal knows its sign, its nearest number, and its texts", () => {
  const value = Decimal.from("-90000000.12345678");
  assert.equal(value.sign, -1);
  assert.equal(value.isNegative, true);
  assert.equal(value.number, -90000000.12345678);
  assert.equal(`${value}`, "-90000000.12345678");
  assert.equal(JSON.stringify({ value }), '{"value":"-90000000.12345678"}');
  assert.equal(Decimal.from("-0.000").sign, 0);
  assert.equal(Decimal.from("-0").isZero, true);
  for (const wrong of ["", "1.", "abc", "0x1", " 1", "1 ", "--1", "1,5", "NaN"])
    assert.throws(() => Decimal.from(wrong), SyntaxError);
});

test("what JSON cannot say is left out or null, as JSON.stringify does", () => {
  const value = { a: undefined, b: [undefined, Number.NaN], c: new Date(0), d: "x" };
  assert.equal(stringifyExact(value), JSON.stringify(value));
});
