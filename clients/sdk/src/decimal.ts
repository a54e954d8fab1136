// Owns an exact decimal number: its text as the server wrote it, and what can be asked of it.
// Refuses arithmetic: sums and products are the server's, which rounds by the contract.

/** What JSON allows as a number. */
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** A text without an exponent as an integer of 10 to the -places. */
const scaled = (text: string, places: number): bigint => {
  const [whole, fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(places, "0"));
};

const order = <T extends number | bigint>(a: T, b: T): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0);

/** An exact decimal number. `text` counts; `number` is the nearest binary fraction, for charts and the like. */
export class Decimal {
  /** The digits as they came. The server writes no exponent, and no zeros that say nothing. */
  declare readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** Of a JSON number's text; anything else is a SyntaxError. */
  static from(text: string): Decimal {
    if (!JSON_NUMBER.test(text)) throw new SyntaxError(`Not a decimal: ${text.slice(0, 40)}`);
    return new Decimal(text);
  }

  get number(): number {
    return Number(this.text);
  }

  get sign(): -1 | 0 | 1 {
    return order(this.number, 0);
  }

  get isNegative(): boolean {
    return this.sign < 0;
  }

  get isZero(): boolean {
    return this.sign === 0;
  }

  /** By value, exactly: 1.50 equals 1.5. (With an exponent, which the server never writes: nearly.) */
  compare(other: Decimal): -1 | 0 | 1 {
    const [a, b] = [this.text, other.text];
    if (/e/i.test(a + b)) return order(this.number, other.number);
    const places = Math.max(a.length, b.length);
    return order(scaled(a, places), scaled(b, places));
  }

  toString(): string {
    return this.text;
  }

  /** JSON.stringify writes the text, as a string: no digit is lost. `stringifyExact` writes a number. */
  toJSON(): string {
    return this.text;
  }
}
