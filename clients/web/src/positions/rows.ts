// Which rows are shown, and in which order. Pure.
import type { Position } from "@portfolio-stream/client";
import { COLUMNS, SYMBOL_KEY, type Column } from "./columns";

export interface Order {
  readonly key: string;
  readonly isDescending: boolean;
}

export type Positions = Readonly<Record<string, Position>>;

export const DEFAULT_SORT = SYMBOL_KEY;

/** "-gain_loss" is by gain, the largest first; what is unknown is by symbol. */
export function parseSort(text: string | null): Order {
  const isDescending = text?.startsWith("-") ?? false;
  const key = isDescending ? text?.slice(1) : text;
  const isKnown = key === SYMBOL_KEY || COLUMNS.some((column) => column.key === key);
  return isKnown && key ? { key, isDescending } : { key: SYMBOL_KEY, isDescending: false };
}

export function formatSort(order: Order): string {
  return `${order.isDescending ? "-" : ""}${order.key}`;
}

/** Pressed once a column is sorted its natural way round (numbers: the largest first), then the other. */
export function nextOrder(order: Order, key: string): Order {
  if (order.key === key) return { key, isDescending: !order.isDescending };
  return { key, isDescending: key !== SYMBOL_KEY };
}

export function matchesFilter(symbol: string, filter: string): boolean {
  return symbol.includes(filter.trim().toUpperCase());
}

interface Keyed {
  readonly symbol: string;
  readonly number: number; // NaN: there is none
  readonly position: Position;
}

function byNumber(a: Keyed, b: Keyed, column: Column, base: string, sign: number): number {
  if (Number.isNaN(a.number) || Number.isNaN(b.number))
    return Number(Number.isNaN(a.number)) - Number(Number.isNaN(b.number));
  if (a.number !== b.number) return a.number < b.number ? -sign : sign;
  const left = column.decimal?.(a.position, base);
  const right = column.decimal?.(b.position, base);
  return left && right && left.text !== right.text ? sign * left.compare(right) : 0;
}

function keyOf(position: Position, column: Column, base: string): number {
  if (column.time) return Date.parse(column.time(position) ?? "");
  return column.decimal?.(position, base)?.number ?? NaN;
}

const bySymbol = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The symbols in their order. What has no value comes last, whichever way round; equals are by symbol. */
export function orderRows(positions: Positions, base: string, order: Order, filter: string): string[] {
  const symbols = Object.keys(positions).filter((symbol) => matchesFilter(symbol, filter));
  const sign = order.isDescending ? -1 : 1;
  const column = COLUMNS.find((candidate) => candidate.key === order.key);
  if (!column) return symbols.sort((a, b) => sign * bySymbol(a, b));
  const keyed: Keyed[] = [];
  for (const symbol of symbols) {
    const position = positions[symbol];
    if (position) keyed.push({ symbol, position, number: keyOf(position, column, base) });
  }
  keyed.sort((a, b) => byNumber(a, b, column, base, sign) || bySymbol(a.symbol, b.symbol));
  return keyed.map(({ symbol }) => symbol);
}
