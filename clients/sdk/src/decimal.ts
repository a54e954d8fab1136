// Owns an exact decimal number: its text as the server wrote it, and what can be asked of it.
// Refuses arithmetic: sums and products are the server's, which rounds by the contract.

/** What JSON allows as a number. */
const JSON_NUMBER = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;
/** Beyond this the text without an exponent would be longer than anybody could want. */
const EXPONENT_MAX = 1000;

/** The same number without its exponent. */
const withoutExponent = (sign: string, whole: string, fraction: string, exponent: number): string => {
  if (!(Math.abs(exponent) <= EXPONENT_MAX)) throw new RangeError("A number out of all bounds");
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const padded = point > digits.length ? digits.padEnd(point, "0") : digits.padStart(digits.length - point + 1, "0");
  const at = point > digits.length ? point : padded.length - (digits.length - point);
  const head = padded.slice(0, at).replace(/^0+(?=[0-9])/, "");
  const tail = padded.slice(at).replace(/0+$/, "");
  return sign + head + (tail && "." + tail);
};

/** Whole part and fraction of a text without an exponent, without zeros that say nothing. */
const parts = (text: string): [string, string] => {
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  return [whole, fraction.replace(/0+$/, "")];
};

/** -1, 0 or 1 of two texts of the same length, or of fractions. */
const order = (a: string, b: string): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0);

/** An exact decimal number. `text` counts; `number` is the nearest binary fraction, for charts and the like. */
export class Decimal {
  /** The exact digits: no exponent. */
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** Of a JSON number's text; anything else is a SyntaxError. */
  static from(text: string): Decimal {
    const match = JSON_NUMBER.exec(text);
    if (!match) throw new SyntaxError(`Not a decimal number: ${text.slice(0, 40)}`);
    const [, sign = "", whole = "", fraction = "", exponent] = match;
    return new Decimal(exponent === undefined ? text : withoutExponent(sign, whole, fraction, Number(exponent)));
  }

  get number(): number {
    return Number(this.text);
  }

  get sign(): -1 | 0 | 1 {
    return !/[1-9]/.test(this.text) ? 0 : this.text.startsWith("-") ? -1 : 1;
  }

  get isNegative(): boolean {
    return this.sign < 0;
  }

  get isZero(): boolean {
    return this.sign === 0;
  }

  /** By value, exactly: 1.50 equals 1.5. */
  compare(other: Decimal): -1 | 0 | 1 {
    const sign = this.sign;
    if (sign !== other.sign) return sign < other.sign ? -1 : 1;
    const [whole, fraction] = parts(this.text);
    const [otherWhole, otherFraction] = parts(other.text);
    const larger =
      whole.length !== otherWhole.length
        ? whole.length < otherWhole.length ? -1 : 1
        : order(whole, otherWhole) || order(fraction, otherFraction);
    return larger && sign < 0 ? (-larger as -1 | 1) : larger;
  }

  toString(): string {
    return this.text;
  }

  /** JSON.stringify writes the text, as a string: no digit is lost. `stringifyExact` writes a number. */
  toJSON(): string {
    return this.text;
  }
}
