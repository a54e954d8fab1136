// How heights are written beside an axis: rounded, for the eye. What is told exactly is written by format.ts. Pure.

const formats = new Map<string, Intl.NumberFormat>();

function format(key: string, options: Intl.NumberFormatOptions, locale: string | undefined): Intl.NumberFormat {
  const name = `${key} ${locale ?? ""}`;
  const known = formats.get(name) ?? new Intl.NumberFormat(locale, options);
  formats.set(name, known);
  return known;
}

export function axisAmount(value: number, locale?: string): string {
  const size = Math.abs(value);
  if (size >= 1e7) return format("large", { notation: "compact", maximumSignificantDigits: 5 }, locale).format(value);
  const digits = size === 0 || size >= 1000 ? 0 : size >= 1 ? 2 : 6;
  return format(`plain ${digits}`, { maximumFractionDigits: digits }, locale).format(value);
}

/** Of a factor: 0.05 is 5 %. */
export function axisPercent(value: number, locale?: string): string {
  const digits = Math.abs(value) < 0.1 ? 1 : 0;
  return format(
    `percent ${digits}`,
    { style: "percent", maximumFractionDigits: digits, signDisplay: "exceptZero" },
    locale,
  ).format(value);
}
