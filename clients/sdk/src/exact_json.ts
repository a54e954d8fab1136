// Owns JSON whose numbers keep their digits: reading to Decimals, and writing them back.
// A parser of its own, since JSON.parse has made a binary fraction of a number before one sees
// it. Refuses what is not JSON (SyntaxError) and nesting that no message of the contract has.
import { Decimal } from "./decimal.js";
import { INTEGERS } from "./generated/integers.js";

/** Deeper than any document of the contract, and no danger to the stack. */
const DEPTH_MAX = 100;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** A string's inside, when nothing in it needs a second look. */
const PLAIN_STRING = /[^"\\\u0000-\u001f]*"/y;
const ANY_STRING = /(?:[^"\\\u0000-\u001f]|\\.)*"/y;
const SPACE = /[ \t\n\r]*/y;

const OBJECT = 0x7b;
const ARRAY = 0x5b;
const QUOTE = 0x22;
const COMMA = 0x2c;

/** What JSON can say. Objects have no prototype, so that no member's name means anything else. */
export type ExactValue = null | boolean | number | string | Decimal | ExactValue[] | { [name: string]: ExactValue };

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  read(): ExactValue {
    const value = this.value("", 0);
    this.next();
    if (this.at !== this.text.length) this.fail();
    return value;
  }

  private fail(): never {
    throw new SyntaxError(`Not JSON at character ${this.at}`);
  }

  /** The code of the next character that is no space. */
  private next(): number {
    let code = this.text.charCodeAt(this.at);
    if (code <= 0x20) {
      SPACE.lastIndex = this.at;
      SPACE.test(this.text);
      this.at = SPACE.lastIndex;
      code = this.text.charCodeAt(this.at);
    }
    return code;
  }

  /** Takes the character, when it is the next one. */
  private takes(code: number): boolean {
    if (this.next() !== code) return false;
    this.at += 1;
    return true;
  }

  private value(name: string, depth: number): ExactValue {
    if (depth > DEPTH_MAX) this.fail();
    switch (this.next()) {
      case OBJECT:
        return this.object(depth);
      case ARRAY:
        return this.array(name, depth);
      case QUOTE:
        return this.string();
      case 0x74:
        return this.word("true", true);
      case 0x66:
        return this.word("false", false);
      case 0x6e:
        return this.word("null", null);
      default:
        return this.number(name);
    }
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.fail();
    this.at += word.length;
    return value;
  }

  private number(name: string): number | Decimal {
    NUMBER.lastIndex = this.at;
    if (!NUMBER.test(this.text)) this.fail();
    const text = this.text.slice(this.at, NUMBER.lastIndex);
    const value = INTEGERS.has(name) ? Number(text) : Decimal.from(text);
    this.at = NUMBER.lastIndex;
    return value;
  }

  private string(): string {
    const from = this.at + 1;
    PLAIN_STRING.lastIndex = from;
    if (PLAIN_STRING.test(this.text)) {
      this.at = PLAIN_STRING.lastIndex;
      return this.text.slice(from, this.at - 1);
    }
    ANY_STRING.lastIndex = from;
    if (!ANY_STRING.test(this.text)) this.fail();
    this.at = ANY_STRING.lastIndex;
    return JSON.parse(this.text.slice(from - 1, this.at)) as string;
  }

  private object(depth: number): ExactValue {
    const object = Object.create(null) as { [name: string]: ExactValue };
    this.at += 1;
    if (this.takes(0x7d)) return object;
    do {
      if (this.next() !== QUOTE) this.fail();
      const name = this.string();
      if (!this.takes(0x3a)) this.fail();
      object[name] = this.value(name, depth + 1);
    } while (this.takes(COMMA));
    if (!this.takes(0x7d)) this.fail();
    return object;
  }

  private array(name: string, depth: number): ExactValue {
    const array: ExactValue[] = [];
    this.at += 1;
    if (this.takes(0x5d)) return array;
    do array.push(this.value(name, depth + 1));
    while (this.takes(COMMA));
    if (!this.takes(0x5d)) this.fail();
    return array;
  }
}

/** Reads JSON. Numbers are Decimals, but for the members that the contract counts with (`unpriced`, `status`, …). */
export const parseExact = (text: string): ExactValue => new Reader(text).read();

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
