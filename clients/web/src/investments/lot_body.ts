// An investment between the server and a form. Pure.
import type { BodyOf, RestComponents } from "@portfolio-stream/client";
import { fieldText } from "../api";
import { decimalText } from "../decimal_text";
import type { NumberStyle } from "../format";

export type Lot = RestComponents["schemas"]["Investment"];
export type LotInput = BodyOf<"put", "/investments/{investment_id}">;

export const LOT_FIELDS = [
  "ticker_symbol",
  "quantity",
  "purchase_price",
  "purchase_date",
  "fee",
  "fx_rate",
  "external_id",
] as const;
export type LotField = (typeof LOT_FIELDS)[number];

const DECIMALS: readonly LotField[] = ["quantity", "purchase_price", "fee", "fx_rate"];

/** What was typed, every digit of it; what was left empty is left out, and the server says what it needs. */
export function lotBody(form: FormData, style?: NumberStyle): LotInput {
  const members = LOT_FIELDS.flatMap((name) => {
    const text = fieldText(form, name);
    if (text === undefined) return [];
    return [[name, DECIMALS.includes(name) ? decimalText(text, style) : text]];
  });
  return Object.fromEntries(members) as LotInput;
}

/** A stored value as a field shows it: as it can be typed. */
export function lotText(lot: Lot, name: LotField): string {
  const value = lot[name];
  if (value === undefined) return "";
  return typeof value === "string" ? value : value.text;
}
