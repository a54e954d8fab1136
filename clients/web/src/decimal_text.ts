// What people type as a decimal, as the server takes it. Pure.
//
// Only the decimal mark and the digits of the user's locale are taken for what they mean; all else goes as it was
// typed, for the server to judge. Grouping is not taken off: "1.500" is another number to other people. What was
// understood is shown beside the field instead (readAs).
import { numberStyle, writeNumber, type NumberStyle } from "./format";

export function decimalText(typed: string, style: NumberStyle = numberStyle()): string {
  const text = plainDigits(typed.trim(), style).replace(/^\u2212/, "-");
  const isMarkedOnce = style.decimal !== "." && text.split(style.decimal).length === 2;
  return isMarkedOnce && !text.includes(".") ? text.replace(style.decimal, ".") : text;
}

function plainDigits(text: string, style: NumberStyle): string {
  if (style.digits[0] === "0") return text;
  return [...text]
    .map((character) => {
      const digit = style.digits.indexOf(character);
      return digit < 0 ? character : String(digit);
    })
    .join("");
}

const TAKEN = /^-?(0|[1-9]\d*)(\.\d+)?$/; // by the server

/** How the server will read what was typed, in the user's locale; null where that is evident or nothing. */
export function readAs(typed: string, style: NumberStyle = numberStyle()): string | null {
  const text = decimalText(typed, style);
  if (!TAKEN.test(text)) return null;
  const { main, rest, tail } = writeNumber(text, {}, style);
  const read = main + rest + tail;
  return read === typed.trim().replace(/^-/, "\u2212") ? null : read;
}

/** The marks that a decimal may be typed with, for a hint. */
export function markHint(style: NumberStyle = numberStyle()): string {
  return style.decimal === "." ? "Without grouping: 1234.5" : `Without grouping: 1234${style.decimal}5 or 1234.5`;
}
