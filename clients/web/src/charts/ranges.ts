// The ranges of days that charts offer. Pure; days are UTC's, as the server's are.

export const RANGES = ["1W", "1M", "3M", "YTD", "1Y", "ALL"] as const;
export type Range = (typeof RANGES)[number];

export const RANGE_NAMES: Readonly<Record<Range, string>> = {
  "1W": "One week",
  "1M": "One month",
  "3M": "Three months",
  YTD: "Since the year began",
  "1Y": "One year",
  ALL: "All there is",
};

export function parseRange(text: string | null, otherwise: Range = "1Y"): Range {
  const wanted = text?.toUpperCase();
  return RANGES.find((range) => range === wanted) ?? otherwise;
}

export function todayUtc(now: number = Date.now()): string {
  return new Date(now).toISOString().slice(0, 10);
}

/** So many months before a day; the last of its month where there is no such day. */
export function monthsBefore(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const lastDate = new Date(Date.UTC(year, month - months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 - months, Math.min(date, lastDate))).toISOString().slice(0, 10);
}

export function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86400000).toISOString().slice(0, 10);
}

/** The day that a range begins with: what is gained is counted from its close. Undefined: the first there is. */
export function rangeStart(range: Range, today: string): string | undefined {
  switch (range) {
    case "1W":
      return daysBefore(today, 7);
    case "1M":
      return monthsBefore(today, 1);
    case "3M":
      return monthsBefore(today, 3);
    case "1Y":
      return monthsBefore(today, 12);
    case "YTD":
      return `${Number(today.slice(0, 4)) - 1}-12-31`;
    case "ALL":
      return undefined;
  }
}

const WITHOUT_A_DAY = 10; // no market is closed for longer

/** What to ask for, so that the close of a range's first day is there even when nothing was priced on it. */
export function askFrom(start: string | undefined): string | undefined {
  return start === undefined ? undefined : daysBefore(start, WITHOUT_A_DAY);
}

/** From the last day that is not after the start; all of them when each is. */
export function daysFrom<Day extends { readonly date: string }>(
  days: readonly Day[],
  start: string | undefined,
): readonly Day[] {
  if (start === undefined) return days;
  return days.slice(
    Math.max(
      0,
      days.findLastIndex((day) => day.date <= start),
    ),
  );
}
