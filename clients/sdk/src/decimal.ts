// Owns an exact decimal number: its text as the server wrote it, and what can be asked of it.
// Refuses arithmetic: sums and products are the server's, which rounds by the contract.

/** What JSON allows as a number. */
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** Whole part and fraction of a text without an exponent, without zeros that say nothing. */
const parts = (text: string): [string, string] => {
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  return [whole, fraction.replace(/0+$/, "")];
};

/** -1, 0 or 1 of two numbers, two texts of the same length, or two fractions. */
const order = <T extends number | string>(a: T, b: T): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0);

/** An exact decimal number. `text` counts; `number` is the nearest binary fraction, for charts and the like. */
export class Decimal {
  /** The digits as they came. The server writes no exponent, and no zeros that say nothing. */
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** Of a JSON number's text; anything else is a SyntaxError. */
  static from(text: string): Decimal {
    if (!JSON_NUMBER.test(text)) throw new SyntaxError(`Not a decimal number: ${text.slice(0, 40)}`);
    return new Decimal(text);
  }

  get number(): number {
    return Number(this.text);
  }

  get sign(): -1 | 0 | 1 {
    return !/^[^e]*[1-9]/i.test(this.text) ? 0 : this.text[0] === "-" ? -1 : 1;
  }

  get isNegative(): boolean {
    return this.sign < 0;
  }

  get isZero(): boolean {
    return this.sign === 0;
  }

  /** By value, exactly: 1.50 equals 1.5. (With an exponent, which the server never writes: nearly.) */
  compare(other: Decimal): -1 | 0 | 1 {
    const sign = this.sign;
    if (sign !== other.sign) return order(sign, other.sign);
    if (/e/i.test(this.text + other.text)) return order(this.number, other.number);
    const [whole, fraction] = parts(this.text);
    const [otherWhole, otherFraction] = parts(other.text);
    const larger = order(whole.length, otherWhole.length) || order(whole, otherWhole) || order(fraction, otherFraction);
    return sign < 0 ? order(0, larger) : larger;
  }

  toString(): string {
    return this.text;
  }

  /** JSON.stringify writes the text, as a string: no digit is lost. `stringifyExact` writes a number. */
  toJSON(): string {
    return this.text;
  }
}
