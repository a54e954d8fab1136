// What a chart draws: days with exact values. Pure.
import type { Exact } from "../ui/values";

export interface Point {
  readonly date: string; // "2026-01-05"
  readonly value: Exact; // what is told
  readonly drawn?: number; // what is drawn, where that is another: a price from before a split
}

export interface ChartLine {
  readonly name: string;
  readonly kind: "area" | "line" | "steps";
  readonly points: readonly Point[]; // by their dates, upwards
}

export function heightOf(point: Point): number {
  return point.drawn ?? Number(point.value.text);
}

/** The points with one that is newer: in place of its day's, or after the last; one of an older day is not taken. */
export function withLive(points: readonly Point[], live: Point | null): readonly Point[] {
  const last = points.at(-1);
  if (!live || (last && live.date < last.date)) return points;
  return last?.date === live.date ? [...points.slice(0, -1), live] : [...points, live];
}

/** The point of a day or, when it has none, the last one before it. */
export function pointAt(points: readonly Point[], date: string): Point | undefined {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.date ?? "") <= date) low = middle + 1;
    else high = middle;
  }
  return points[low - 1];
}

export interface Extremes {
  readonly low: Point;
  readonly high: Point;
}

export function extremesOf(points: readonly Point[]): Extremes | null {
  const first = points[0];
  if (!first) return null;
  let low = first;
  let high = first;
  for (const point of points) {
    if (heightOf(point) < heightOf(low)) low = point;
    if (heightOf(point) > heightOf(high)) high = point;
  }
  return { low, high };
}

/** Where a key goes in `count` points; null: it is not for the chart. */
export function indexAfterKey(key: string, index: number, count: number): number | null {
  const step = Math.max(1, Math.round(count / 10));
  const to: Readonly<Record<string, number>> = {
    ArrowLeft: index - 1,
    ArrowDown: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index + 1,
    PageDown: index - step,
    PageUp: index + step,
    Home: 0,
    End: count - 1,
  };
  const wanted = to[key];
  return wanted === undefined ? null : Math.min(count - 1, Math.max(0, wanted));
}
