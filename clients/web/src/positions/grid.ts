// The rows of the positions, outside of the virtual DOM: only those that can be seen are there, and only what
// changed of them is written, in one animation frame however many messages came since the last one.
//
// 1,000 rows of which 500 change each second would keep a virtual DOM busy with comparing what nobody sees.
import type { PortfolioDocument, PortfolioState, Position, Subscription } from "@portfolio-stream/client";
import { eachMidnight } from "../midnight";
import { defaultColumns, parseColumns, type Column } from "./columns";
import { RowView, type Direction } from "./row_view";
import { formatSort, orderRows, parseSort, type Order } from "./rows";
import { Widths } from "./widths";
import { rowWindow } from "./window";

const ROWS_BEYOND = 6;
const REORDER_MS = 1000; // rows that are sorted by what ticks do not jump about more often

export interface GridView {
  readonly columns: readonly Column[];
  readonly order: Order;
  readonly filter: string;
}

export interface GridElements {
  readonly scroller: HTMLElement;
  readonly table: HTMLTableElement;
  readonly body: HTMLTableSectionElement;
}

export class PositionsGrid {
  readonly #elements: GridElements;
  readonly #subscription: Subscription;
  readonly #onCount: (shownN: number, allN: number) => void;
  readonly #views = new Map<string, RowView>();
  readonly #ends: (() => void)[] = [];
  readonly #directions = new Map<string, Direction>();
  #spare: RowView[] = [];
  #widths = new Widths();
  #view: GridView = { columns: parseColumns(defaultColumns("wide")), order: parseSort(null), filter: "" };
  #document: PortfolioDocument | null = null;
  #changed: Set<string> | null = null; // since the last frame; null: anything may have
  #symbols: string[] = [];
  #isReorderDue = true;
  #orderedAt = 0;
  #reorderTimer: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;
  #rowHeight = 36;
  #isOnPaper = false; // being printed: all rows are there

  constructor(elements: GridElements, subscription: Subscription, onCount: (shownN: number, allN: number) => void) {
    this.#elements = elements;
    this.#subscription = subscription;
    this.#onCount = onCount;
    const { scroller } = elements;
    const onScroll = (): void => this.#schedule();
    scroller.addEventListener("scroll", onScroll, { passive: true });
    const resize = new ResizeObserver(() => this.#measure());
    resize.observe(scroller);
    const onPaper = (event: Event): void => this.#print(event.type === "beforeprint");
    window.addEventListener("beforeprint", onPaper);
    window.addEventListener("afterprint", onPaper);
    this.#ends.push(
      () => window.removeEventListener("beforeprint", onPaper),
      () => window.removeEventListener("afterprint", onPaper),
      () => scroller.removeEventListener("scroll", onScroll),
      () => resize.disconnect(),
      subscription.on("state", (state) => this.#onState(state)),
      eachMidnight(() => {
        for (const view of this.#views.values()) view.writeTimesAnew();
      }),
    );
    this.#measure();
  }

  end(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#reorderTimer);
    for (const end of this.#ends) end();
    this.#elements.body.replaceChildren();
  }

  setView(view: GridView): void {
    const isOtherColumns =
      view.columns.map(({ key }) => key).join() !== this.#view.columns.map(({ key }) => key).join();
    const isOtherOrder = view.filter !== this.#view.filter || formatSort(view.order) !== formatSort(this.#view.order);
    if (isOtherOrder) this.#elements.scroller.scrollTop = 0; // its first rows are what was asked for
    this.#view = view;
    this.#isReorderDue = true;
    if (isOtherColumns) {
      this.#views.clear();
      this.#spare = [];
      this.#elements.body.replaceChildren();
      this.#widths = new Widths();
      this.#changed = null;
    }
    this.#schedule();
  }

  #onState(state: PortfolioState): void {
    if (state.changed === null) this.#changed = null;
    else if (this.#changed) for (const name of state.changed) this.#changed.add(name);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #measure(): void {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const height = rem * parseFloat(getComputedStyle(this.#elements.table).getPropertyValue("--row-height"));
    if (height > 0) this.#rowHeight = height;
    this.#schedule();
  }

  #draw(): void {
    this.#frame = 0;
    const { document } = this.#subscription;
    if (!document) return;
    const before = this.#document;
    const isFirst = before === null;
    this.#document = document;
    const changed = this.#changed ?? Object.keys(document.positions);
    if (document !== before || this.#changed === null) this.#take(before, document, changed);
    this.#changed = new Set();
    if (isFirst || this.#isReorderDue || this.#mayReorder()) this.#reorder(document);
    this.#drawRows(document);
  }

  /** At once: the printer does not wait for a frame. */
  #print(isOnPaper: boolean): void {
    this.#isOnPaper = isOnPaper;
    cancelAnimationFrame(this.#frame);
    this.#draw();
  }

  /** What changed since the last frame: which way prices went, wider columns, another order. */
  #take(before: PortfolioDocument | null, now: PortfolioDocument, changed: Iterable<string>): void {
    const { columns } = this.#view;
    let isWider = before === null;
    for (const symbol of changed) {
      const old = before?.positions[symbol];
      const position = now.positions[symbol];
      if (!old !== !position) this.#isReorderDue = true;
      if (!position) {
        this.#directions.delete(symbol);
        continue;
      }
      this.#directions.set(symbol, directionOf(old, position) || (this.#directions.get(symbol) ?? ""));
      if (this.#widths.grow(position, columns, now.base_currency)) isWider = true;
    }
    if (before && this.#changed === null) this.#isReorderDue = true; // a snapshot: rows may be gone
    if (isWider || this.#changed === null) this.#setWidths();
  }

  #setWidths(): void {
    const { style } = this.#elements.table;
    const digits = this.#view.columns.map((column) => this.#widths.digits(column));
    const widths = digits.map((width) => `minmax(calc(${digitsWide(width)} + var(--cell-gap)), 1fr)`);
    const all = digits.reduce((sum, width) => sum + width, 0);
    style.setProperty("--columns", `minmax(var(--symbol-width), 1.2fr) ${widths.join(" ")}`);
    const gaps = `${digits.length} * var(--cell-gap)`;
    style.setProperty("--least-width", `calc(var(--symbol-width) + ${digitsWide(all)} + ${gaps})`);
    for (const column of this.#view.columns) {
      style.setProperty(`--rest-${column.key}`, `calc(${digitsWide(this.#widths.restDigits(column))})`);
    }
  }

  /** Rows that are sorted by what ticks move at most once a second. */
  #mayReorder(): boolean {
    if (this.#view.order.key === "ticker_symbol") return false;
    const waitMs = this.#orderedAt + REORDER_MS - performance.now();
    if (waitMs <= 0) return true;
    this.#reorderTimer ??= setTimeout(() => {
      this.#reorderTimer = undefined;
      this.#schedule();
    }, waitMs);
    return false;
  }

  #reorder(document: PortfolioDocument): void {
    const { order, filter } = this.#view;
    this.#isReorderDue = false;
    this.#orderedAt = performance.now();
    this.#symbols = orderRows(document.positions, document.base_currency, order, filter);
    const { table, body } = this.#elements;
    table.setAttribute("aria-rowcount", String(this.#symbols.length + 1));
    body.style.height = `${this.#symbols.length * this.#rowHeight}px`;
    this.#onCount(this.#symbols.length, Object.keys(document.positions).length);
  }

  #drawRows(document: PortfolioDocument): void {
    const { scroller } = this.#elements;
    const viewport = { top: scroller.scrollTop, height: scroller.clientHeight };
    const rowsN = this.#symbols.length;
    const seen = rowWindow(viewport, this.#rowHeight, rowsN, ROWS_BEYOND);
    const { first, end } = this.#isOnPaper ? { first: 0, end: rowsN } : seen;
    const wanted = this.#symbols.slice(first, end);
    this.#recycle(new Set(wanted), document);
    for (const [index, symbol] of wanted.entries()) {
      const position = document.positions[symbol];
      if (!position) continue;
      const view = this.#viewOf(symbol);
      view.place(first + index, this.#rowHeight);
      view.show(position, document.base_currency, this.#directions.get(symbol) ?? "");
    }
    this.#putInOrder(wanted);
  }

  #viewOf(symbol: string): RowView {
    const known = this.#views.get(symbol);
    if (known) return known;
    const view = this.#spare.pop() ?? new RowView(this.#view.columns);
    view.bind(symbol);
    this.#views.set(symbol, view);
    return view;
  }

  /** Rows out of sight are used for others; but not the one that has the focus. */
  #recycle(wanted: ReadonlySet<string>, document: PortfolioDocument): void {
    for (const [symbol, view] of this.#views) {
      if (wanted.has(symbol) || (view.hasFocus && document.positions[symbol])) continue;
      this.#views.delete(symbol);
      if (this.#spare.length < 4 * ROWS_BEYOND) this.#spare.push(view);
      view.element.remove();
    }
  }

  /** In the DOM as on the screen, for who reads or tabs through it. */
  #putInOrder(wanted: readonly string[]): void {
    const { body } = this.#elements;
    const focused = document.activeElement;
    let next: Element | null = body.firstElementChild;
    for (const symbol of wanted) {
      const element = this.#views.get(symbol)?.element;
      if (!element) continue;
      if (element === next) next = next.nextElementSibling;
      else body.insertBefore(element, next);
    }
    if (focused instanceof HTMLElement && focused !== document.activeElement && body.contains(focused)) {
      focused.focus({ preventScroll: true });
    }
  }
}

const digitsWide = (count: number): string => `${count.toFixed(2)} * var(--digit)`;

function directionOf(old: Position | undefined, now: Position): Direction {
  const before = old?.current_price;
  const after = now.current_price;
  if (!before || !after || before.text === after.text) return "";
  return after.compare(before) > 0 ? "up" : "down";
}
