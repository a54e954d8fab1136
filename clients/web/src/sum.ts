// Exact sums of decimals' texts: for totals over portfolios, which no frame carries. Pure.

const PLACES = 8; // the server's numbers have at most so many decimals

/** A decimal as a whole number of 1e-8. */
export function unitsOf(text: string): bigint {
  const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
  const value = BigInt(whole + fraction.slice(0, PLACES).padEnd(PLACES, "0"));
  return text.startsWith("-") ? -value : value;
}

function unitsText(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(PLACES + 1, "0");
  const fraction = digits.slice(-PLACES).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -PLACES)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The sum of what is there; undefined when nothing is. */
export function sumExact(values: Iterable<{ readonly text: string } | undefined>): { text: string } | undefined {
  let sum: bigint | undefined;
  for (const value of values) if (value) sum = (sum ?? 0n) + unitsOf(value.text);
  return sum === undefined ? undefined : { text: unitsText(sum) };
}

/** 100 × part / whole, to 4 decimals, half away from zero; undefined on nothing. */
export function percentOf(
  part: { readonly text: string } | undefined,
  whole: { readonly text: string } | undefined,
): { text: string } | undefined {
  if (!part || !whole) return undefined;
  const divisor = unitsOf(whole.text);
  if (divisor === 0n) return undefined;
  const scaled = unitsOf(part.text) * 1000000n * 2n; // 100 %, 4 decimals; doubled for the half
  const doubled = scaled / divisor; // towards zero
  const rounded = (doubled + (doubled < 0n ? -1n : 1n)) / 2n;
  return { text: unitsText(rounded * 10n ** BigInt(PLACES - 4)) };
}

export function difference(
  a: { readonly text: string } | undefined,
  b: { readonly text: string } | undefined,
): { text: string } | undefined {
  return a && b ? { text: unitsText(unitsOf(a.text) - unitsOf(b.text)) } : undefined;
}
