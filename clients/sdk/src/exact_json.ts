// Owns JSON whose numbers keep their digits: reading to Decimals, and writing them back.
// A parser of its own, since JSON.parse has made a binary fraction of a number before one sees
// it. Refuses what is not JSON (SyntaxError) and nesting that no message of the contract has.
import { Decimal } from "./decimal.js";
import { isCount } from "./generated/integers.js";

/** Deeper than any document of the contract, and no danger to the stack. */
const DEPTH_MAX = 100;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** A string's inside, when nothing in it needs a second look. */
const PLAIN_STRING = /[^"\\\u0000-\u001f]*"/y;
const ANY_STRING = /(?:[^"\\\u0000-\u001f]|\\.)*"/y;
const SPACE = /[ \t\n\r]*/y;
const WORDS = [
  ["true", true],
  ["false", false],
  ["null", null],
] as const;

const COMMA = 0x2c;

const QUOTE = 0x22;

/** What JSON can say. */
export type ExactValue = null | boolean | number | string | Decimal | ExactValue[] | { [name: string]: ExactValue };

/** Sets a member, whatever it is called: `__proto__` is a name like any other. */
export const setMember = <T>(members: { [name: string]: T }, name: string, value: T): void => {
  if (name === "__proto__") {
    Object.defineProperty(members, name, { value, configurable: true, enumerable: true, writable: true });
  } else {
    members[name] = value;
  }
};

/** Reads JSON. Numbers are Decimals, but for the members that the contract counts with (`unpriced`, `status`, …). */
export const parseExact = (text: string): ExactValue => {
  let at = 0;

  const fail = (): never => {
    throw new SyntaxError(`Not JSON at character ${at}`);
  };

  /** Where what the pattern takes from here on ends; at least there is something of it. */
  const endOf = (pattern: RegExp, from: number): number => {
    pattern.lastIndex = from;
    return pattern.test(text) ? pattern.lastIndex : 0;
  };

  /** The code of the next character that is no space. */
  const next = (): number => {
    if (text.charCodeAt(at) <= 0x20) at = endOf(SPACE, at);
    return text.charCodeAt(at);
  };

  const takes = (code: number): boolean => {
    const isThere = next() === code;
    if (isThere) at += 1;
    return isThere;
  };

  const must = (code: number): void => {
    if (!takes(code)) fail();
  };

  const string = (): string => {
    const from = at;
    if ((at = endOf(PLAIN_STRING, from + 1))) return text.slice(from + 1, at - 1);
    at = endOf(ANY_STRING, from + 1) || fail();
    return JSON.parse(text.slice(from, at)) as string;
  };

  const number = (name: string): number | Decimal => {
    const from = at;
    at = endOf(NUMBER, from) || fail();
    const digits = text.slice(from, at);
    return isCount(name) ? Number(digits) : Decimal.from(digits);
  };

  const object = (depth: number): ExactValue => {
    const members: { [name: string]: ExactValue } = {};
    if (takes(0x7d)) return members;
    do {
      if (next() !== QUOTE) fail();
      const name = string();
      must(0x3a);
      setMember(members, name, value(name, depth));
    } while (takes(COMMA));
    must(0x7d);
    return members;
  };

  const array = (name: string, depth: number): ExactValue => {
    const items: ExactValue[] = [];
    if (takes(0x5d)) return items;
    do items.push(value(name, depth));
    while (takes(COMMA));
    must(0x5d);
    return items;
  };

  const value = (name: string, depth: number): ExactValue => {
    if (depth > DEPTH_MAX) fail();
    if (takes(0x7b)) return object(depth + 1);
    if (takes(0x5b)) return array(name, depth + 1);
    if (next() === QUOTE) return string();
    for (const [word, meaning] of WORDS) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return meaning;
      }
    }
    return number(name);
  };

  const read = value("", 0);
  next();
  return at === text.length ? read : fail();
};

/** Writes JSON; a Decimal is written as the number that it is, with all its digits. */
export const stringifyExact = (value: unknown): string => {
  if (value instanceof Decimal) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => stringifyExact(item ?? null)).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (value instanceof Date) return JSON.stringify(value);
  const members: string[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${stringifyExact(member)}`);
  }
  return `{${members.join(",")}}`;
};
