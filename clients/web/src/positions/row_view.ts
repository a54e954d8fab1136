// One row of the positions in the DOM: made once, used for one symbol after the other, written only where it changed.
import type { Position } from "@portfolio-stream/client";
import { formatMoment, formatWhen, NOTHING, writeNumber } from "../format";
import { fillPath, formatHash } from "../router";
import { toneOf } from "../ui/values";
import type { Column } from "./columns";
import { markOf } from "./marks";

export type Direction = "up" | "down" | "";

interface Cell {
  readonly column: Column;
  readonly element: HTMLTableCellElement;
  readonly main: Text;
  readonly rest: HTMLSpanElement;
  readonly tail: Text;
  shown: string | undefined;
}

function setClass(element: Element, name: string): void {
  if (element.className !== name) element.className = name;
}

function createCell(column: Column): Cell {
  const element = document.createElement("td");
  element.setAttribute("role", "cell");
  element.dataset["column"] = column.key;
  const main = document.createTextNode("");
  const rest = document.createElement("span");
  rest.className = column.least ? "rest" : "rest is-plain";
  const tail = document.createTextNode("");
  element.append(main, rest, tail);
  return { column, element, main, rest, tail, shown: undefined };
}

export class RowView {
  readonly element = document.createElement("tr");
  readonly #link = document.createElement("a");
  readonly #badge = document.createElement("span");
  readonly #cells: Cell[];
  #position: Position | undefined;
  #base = "";
  #index = -1;
  #flashes = 0;
  symbol = "";

  constructor(columns: readonly Column[]) {
    this.element.setAttribute("role", "row");
    const head = document.createElement("th");
    head.setAttribute("role", "rowheader");
    head.scope = "row";
    this.#badge.className = "badge";
    head.append(this.#link, this.#badge);
    this.#cells = columns.map(createCell);
    this.element.append(head, ...this.#cells.map((cell) => cell.element));
  }

  /** For another symbol: nothing of the one before stays, and nothing flashes. */
  bind(symbol: string): void {
    this.symbol = symbol;
    this.#position = undefined;
    this.#flashes = 0;
    this.#index = -1;
    this.#link.textContent = symbol;
    this.#link.href = formatHash(fillPath("/assets/:symbol", { symbol }));
    this.element.dataset["symbol"] = symbol;
    for (const cell of this.#cells) {
      cell.shown = undefined;
      setClass(cell.element, "");
    }
  }

  place(index: number, rowHeight: number): void {
    if (index === this.#index) return;
    this.#index = index;
    this.element.style.transform = `translateY(${index * rowHeight}px)`;
    this.element.setAttribute("aria-rowindex", String(index + 2)); // the header is the first
    this.element.classList.toggle("is-even", index % 2 === 1);
  }

  show(position: Position, base: string, direction: Direction): void {
    if (position === this.#position && base === this.#base) return;
    const isKnown = this.#position !== undefined;
    this.#position = position;
    this.#base = base;
    for (const cell of this.#cells) {
      if (cell.column.time) this.#showTime(cell, cell.column.time(position));
      else this.#showNumber(cell, position, base, direction, isKnown);
    }
    this.#showMark(position, base);
  }

  #showNumber(cell: Cell, position: Position, base: string, direction: Direction, isKnown: boolean): void {
    const { column } = cell;
    const value = column.decimal?.(position, base);
    const text = value?.text;
    const isChanged = text !== cell.shown;
    if (isChanged || !isKnown) {
      cell.shown = text;
      const { main, rest, tail } =
        text === undefined ? { main: NOTHING, rest: "", tail: "" } : writeNumber(text, column);
      cell.main.data = main;
      if (cell.rest.textContent !== rest) cell.rest.textContent = rest;
      cell.tail.data = tail;
    }
    if (column.toned) setClass(cell.element, toneOf(value));
    if (!column.ticks) return;
    // Two names for one animation: the other one starts it anew without a layout in between.
    if (isChanged && isKnown && text !== undefined) this.#flashes += 1;
    const flash = isKnown && this.#flashes > 0 ? `flash-${this.#flashes % 2}` : "";
    setClass(cell.element, direction === "" ? "" : `tick-${direction} ${flash}`.trim());
  }

  /** On another day a time of day alone would be another day's. */
  writeTimesAnew(): void {
    for (const cell of this.#cells) {
      if (!cell.column.time || cell.shown === undefined) continue;
      const time = cell.shown;
      cell.shown = undefined;
      this.#showTime(cell, time);
    }
  }

  #showTime(cell: Cell, time: string | undefined): void {
    if (time === cell.shown && time !== undefined) return;
    cell.shown = time;
    cell.main.data = time === undefined ? NOTHING : formatWhen(time);
    cell.element.title = time === undefined ? "" : formatMoment(time);
  }

  #showMark(position: Position, base: string): void {
    const { text, about, isWarning } = markOf(position, base);
    const badge = this.#badge;
    if (badge.textContent !== text) badge.textContent = text;
    if (badge.title !== about) badge.title = about;
    badge.hidden = text === "";
    setClass(badge, isWarning ? "badge is-stale" : "badge");
    this.element.classList.toggle("is-stale", position.stale === true);
  }

  get hasFocus(): boolean {
    return this.element.contains(document.activeElement);
  }
}
