// Owns JSON whose numbers keep their digits: reading to Decimals, and writing them back.
// A parser of its own, since JSON.parse has made a binary fraction of a number before one sees
// it. Refuses what is not JSON (SyntaxError) and nesting that no message of the contract has.
import { Decimal } from "./decimal.js";
import { isCount } from "./generated/integers.js";

/** Deeper than any document of the contract, and no danger to the stack. */
const DEPTH_MAX = 100;
const SCALAR = /true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
/** A string, when nothing in it needs a second look. */
const PLAIN_STRING = /"[^"\\\u0000-\u001f]*"/y;
const ANY_STRING = /"(?:[^"\\\u0000-\u001f]|\\.)*"/y;
const SPACE = /[ \t\n\r]*/y;

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

/** How far a text is read. */
interface Reader {
  readonly text: string;
  at: number;
}

const fail = (reader: Reader): never => {
  throw new SyntaxError(`Not JSON at character ${reader.at}`);
};

/** Where what the pattern takes from there on ends; 0 when it takes nothing. */
const endOf = (pattern: RegExp, text: string, from: number): number => {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : 0;
};

/** The code of the next character that is no space. */
const next = (reader: Reader): number => {
  if (reader.text.charCodeAt(reader.at) <= 0x20) reader.at = endOf(SPACE, reader.text, reader.at);
  return reader.text.charCodeAt(reader.at);
};

const takes = (reader: Reader, code: number): boolean => {
  const isThere = next(reader) === code;
  if (isThere) reader.at += 1;
  return isThere;
};

const must = (reader: Reader, code: number): void => {
  if (!takes(reader, code)) fail(reader);
};

const readString = (reader: Reader): string => {
  const { text, at } = reader;
  if ((reader.at = endOf(PLAIN_STRING, text, at))) return text.slice(at + 1, reader.at - 1);
  reader.at = endOf(ANY_STRING, text, at) || fail(reader);
  return JSON.parse(text.slice(at, reader.at)) as string;
};

/** A number or a word, which begins with a letter: after all digits. */
const readScalar = (reader: Reader, name: string): ExactValue => {
  const { text, at } = reader;
  reader.at = endOf(SCALAR, text, at) || fail(reader);
  const scalar = text.slice(at, reader.at);
  return isCount(name) || scalar > "a" ? (JSON.parse(scalar) as ExactValue) : Decimal.from(scalar);
};

const readObject = (reader: Reader, depth: number): ExactValue => {
  const members: { [name: string]: ExactValue } = {};
  if (takes(reader, 0x7d)) return members;
  do {
    next(reader);
    const name = readString(reader);
    must(reader, 0x3a);
    setMember(members, name, readValue(reader, name, depth));
  } while (takes(reader, COMMA));
  must(reader, 0x7d);
  return members;
};

const readArray = (reader: Reader, name: string, depth: number): ExactValue => {
  const items: ExactValue[] = [];
  if (takes(reader, 0x5d)) return items;
  do items.push(readValue(reader, name, depth));
  while (takes(reader, COMMA));
  must(reader, 0x5d);
  return items;
};

/** `name`: of the member whose value it is, or in whose array. */
const readValue = (reader: Reader, name: string, depth: number): ExactValue => {
  if (depth > DEPTH_MAX) fail(reader);
  if (takes(reader, 0x7b)) return readObject(reader, depth + 1);
  if (takes(reader, 0x5b)) return readArray(reader, name, depth + 1);
  if (next(reader) === QUOTE) return readString(reader);
  return readScalar(reader, name);
};

/** Reads JSON. Numbers are Decimals, but for the members that the contract counts with (`unpriced`, `status`, …). */
export const parseExact = (text: string): ExactValue => {
  const reader = { text, at: 0 };
  const value = readValue(reader, "", 0);
  next(reader);
  return reader.at === text.length ? value : fail(reader);
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
