// Numbers and times as the user's locale writes them, from exact text. Pure but for the default locale.
//
// Intl is asked once how the locale writes numbers; each number is then written from its own text, so
// that every digit that came is shown, in every browser and at any length.

export interface NumberStyle {
  readonly decimal: string;
  readonly group: string;
  readonly digits: readonly string[];
  readonly firstGroup: number; // digits of the group before the decimals
  readonly nextGroup: number; // of those before it
  readonly leastGrouped: number; // so many digits are grouped
  readonly minus: readonly [string, string];
  readonly plus: readonly [string, string];
  readonly percent: readonly [string, string];
  readonly isOneRun: boolean; // its parts would be put in another order by the bidirectional algorithm
}

export interface NumberOptions {
  readonly least?: number; // decimals, at least
  readonly signed?: boolean; // a plus before what is above zero
  readonly percent?: boolean;
  readonly padded?: number; // decimals, at least, with the quieter ones
}

/** A written number in two parts: `rest` are the decimals above `least`, which may be shown quieter. */
export interface Written {
  readonly main: string;
  readonly rest: string;
  readonly tail: string;
}

export const NOTHING = "–";

function affixes(parts: readonly Intl.NumberFormatPart[], types: readonly string[]): [string, string] {
  const first = parts.findIndex((part) => part.type === "integer");
  const last = parts.findLastIndex((part) => types.includes(part.type));
  const text = (some: readonly Intl.NumberFormatPart[]): string => some.map((part) => part.value).join("");
  return [text(parts.slice(0, first)), text(parts.slice(last + 1))];
}

function groupSizes(parts: readonly Intl.NumberFormatPart[]): [number, number] {
  const sizes = parts.filter((part) => part.type === "integer").map((part) => [...part.value].length);
  return sizes.length < 3 ? [0, 0] : [sizes.at(-1) ?? 3, sizes.at(-2) ?? 3];
}

function leastGrouped(locale: string | undefined): number {
  for (let length = 4; length < 8; length++) {
    const parts = new Intl.NumberFormat(locale).formatToParts(10 ** (length - 1));
    if (parts.some((part) => part.type === "group")) return length;
  }
  return Infinity;
}

/** A hyphen is half as wide as a plus and a digit; where a locale writes one, the minus sign is meant. */
const realMinus = ([before, after]: [string, string]): [string, string] => [
  before.replace("-", "\u2212"),
  after.replace("-", "\u2212"),
];

// Digits that are written left to right, but as a whole belong to a text from right to left.
const ARABIC_ZERO = "\u0660";

const styles = new Map<string, NumberStyle>();

export function numberStyle(locale?: string): NumberStyle {
  const known = styles.get(locale ?? "");
  if (known) return known;
  const parts = new Intl.NumberFormat(locale).formatToParts(1234567890123.5);
  const find = (type: string): string => parts.find((part) => part.type === type)?.value ?? "";
  const [firstGroup, nextGroup] = groupSizes(parts);
  const signs = { signDisplay: "exceptZero" } as const;
  const numeric = ["integer", "decimal", "fraction"];
  const digits = [...new Intl.NumberFormat(locale, { useGrouping: false }).format(9876543210)].reverse();
  const style: NumberStyle = {
    decimal: find("decimal") || ".",
    group: find("group"),
    digits,
    firstGroup,
    nextGroup,
    leastGrouped: leastGrouped(locale),
    minus: realMinus(affixes(new Intl.NumberFormat(locale).formatToParts(-1), numeric)),
    plus: affixes(new Intl.NumberFormat(locale, signs).formatToParts(1), numeric),
    percent: affixes(new Intl.NumberFormat(locale, { style: "percent" }).formatToParts(1), numeric),
    isOneRun: digits[0] === ARABIC_ZERO,
  };
  styles.set(locale ?? "", style);
  return style;
}

function translate(text: string, style: NumberStyle): string {
  if (style.digits[0] === "0") return text;
  return text.replace(/[0-9]/g, (digit) => style.digits[Number(digit)] ?? digit);
}

function groupDigits(whole: string, style: NumberStyle): string {
  if (style.firstGroup === 0 || whole.length < style.leastGrouped) return whole;
  let end = whole.length - style.firstGroup;
  let text = whole.slice(end);
  while (end > 0) {
    const start = Math.max(0, end - style.nextGroup);
    text = whole.slice(start, end) + style.group + text;
    end = start;
  }
  return text;
}

const DECIMAL_TEXT = /^(-?)(\d+)(?:\.(\d+))?$/;

/** The parts of a decimal's exact text; what is no plain decimal comes back as it is. */
export function writeNumber(text: string, options: NumberOptions = {}, style = numberStyle()): Written {
  const match = DECIMAL_TEXT.exec(text);
  if (!match) return { main: text, rest: "", tail: "" };
  const [, minus = "", whole = "", fraction = ""] = match;
  const least = options.least ?? 0;
  const isZero = /^0+$/.test(whole + fraction);
  const sign = minus !== "" && !isZero ? style.minus : options.signed && !isZero ? style.plus : ["", ""];
  const percent = options.percent ? style.percent : ["", ""];
  const near = fraction.slice(0, least).padEnd(least, "0");
  const far = fraction.slice(least).padEnd((options.padded ?? 0) - least, "0");
  const integer = translate(groupDigits(whole, style), style);
  const main = integer + (near === "" ? "" : style.decimal + translate(near, style));
  const rest = (far !== "" && near === "" ? style.decimal : "") + translate(far, style);
  const written = { main: `${sign[0]}${percent[0]}${main}`, rest, tail: `${percent[1]}${sign[1]}` };
  return style.isOneRun ? { main: written.main + rest + written.tail, rest: "", tail: "" } : written;
}

/** How many decimals above `least` the longest of these has: what aligns a column. */
export function restDigits(values: Iterable<{ readonly text: string } | undefined>, least: number): number {
  let digits = 0;
  for (const value of values) {
    const point = value?.text.indexOf(".") ?? -1;
    if (value && point >= 0) digits = Math.max(digits, value.text.length - point - 1 - least);
  }
  return digits;
}

export function formatNumber(
  value: { readonly text: string } | undefined,
  options: NumberOptions = {},
  locale?: string,
): string {
  if (value === undefined) return NOTHING;
  const { main, rest, tail } = writeNumber(value.text, options, numberStyle(locale));
  return main + rest + tail;
}

/** Ratios of the server are factors: "0.0512" becomes "5.12", exactly. */
export function factorToPercent(text: string): string {
  const match = DECIMAL_TEXT.exec(text);
  if (!match) return text;
  const [, minus = "", whole = "", fraction = ""] = match;
  const padded = fraction.padEnd(2, "0");
  const integer = (whole + padded.slice(0, 2)).replace(/^0+(?=\d)/, "");
  const rest = padded.slice(2).replace(/0+$/, "");
  return `${minus}${integer}${rest === "" ? "" : `.${rest}`}`;
}

export function formatCount(count: number, locale?: string): string {
  return new Intl.NumberFormat(locale).format(count);
}

// ---- times ----

const formats = new Map<string, Intl.DateTimeFormat>();

function timeFormat(
  name: string,
  locale: string | undefined,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${name} ${locale ?? ""}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, known);
  return known;
}

const TIME: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
const SHORT: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
const DAY: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeZone: "UTC" };

export function formatTimeOfDay(time: string | number, locale?: string): string {
  return timeFormat("time", locale, TIME).format(new Date(time));
}

/** The time of day of today, else with the date. */
export function formatWhen(time: string, now: number = Date.now(), locale?: string): string {
  const date = new Date(time);
  const isToday = date.toDateString() === new Date(now).toDateString();
  return timeFormat(isToday ? "time" : "short", locale, isToday ? TIME : SHORT).format(date);
}

export function formatMoment(time: string | number, locale?: string): string {
  return timeFormat("moment", locale, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(time));
}

/** A date without a time ("2026-01-05"): the same day in every time zone. */
export function formatDate(date: string, locale?: string): string {
  return timeFormat("day", locale, DAY).format(new Date(`${date}T00:00:00Z`));
}
