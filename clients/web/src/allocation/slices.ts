// What the slices of a portfolio are called. Pure.
import type { RestComponents } from "@portfolio-stream/client";

export type Slice = RestComponents["schemas"]["AllocationSlice"];
export type By = RestComponents["schemas"]["Allocation"]["by"];

export const WAYS: readonly { readonly by: By; readonly label: string }[] = [
  { by: "symbol", label: "Asset" },
  { by: "asset_class", label: "Class" },
  { by: "sector", label: "Sector" },
  { by: "industry", label: "Industry" },
  { by: "currency", label: "Currency" },
  { by: "country", label: "Country" },
  { by: "exchange", label: "Exchange" },
];

export function parseBy(text: string | null): By {
  return WAYS.find((way) => way.by === text)?.by ?? "symbol";
}

export const CLASS_NAMES: Readonly<Record<string, string>> = {
  EQUITY: "Shares",
  ETF: "ETFs",
  FUND: "Funds",
  BOND: "Bonds",
  CRYPTO: "Crypto",
  CURRENCY: "Currencies",
  COMMODITY: "Commodities",
  INDEX: "Indices",
  OTHER: "Other",
};

export function regionName(code: string, locale?: string): string {
  return displayName(code, "region", /^[A-Z]{2}$/, locale);
}

export function currencyName(code: string, locale?: string): string {
  return displayName(code, "currency", /^[A-Z]{3}$/, locale);
}

function displayName(code: string, type: "region" | "currency", pattern: RegExp, locale: string | undefined): string {
  if (!pattern.test(code)) return code;
  return new Intl.DisplayNames(locale, { type, fallback: "code" }).of(code) ?? code;
}

/** The name, and the code where the name is not it. */
export function nameSlice(
  slice: Slice,
  by: By,
  locale?: string,
): { readonly name: string; readonly code: string | null } {
  if (slice.kind === "cash") return { name: "Cash", code: null };
  if (slice.kind === "unknown" || slice.name === undefined) return { name: "Not known", code: null };
  const code = slice.name;
  const name =
    by === "asset_class"
      ? (CLASS_NAMES[code] ?? code)
      : by === "country"
        ? regionName(code, locale)
        : by === "currency"
          ? currencyName(code, locale)
          : code;
  return { name, code: (by === "country" || by === "currency") && name !== code ? code : null };
}

/** The part of the whole as a bar's width in percent; what is owed has none. */
export function barWidth(weight: { readonly number: number } | undefined): number {
  return Math.min(100, Math.max(0, 100 * (weight?.number ?? 0)));
}
