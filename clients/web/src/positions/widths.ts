// How wide the columns must be for the numbers in them: they only ever grow, so that nothing jumps. Pure.
import type { Position } from "@portfolio-stream/client";
import type { Column } from "./columns";

export interface ColumnWidth {
  readonly whole: number; // digits before the decimals
  readonly rest: number; // decimals above the least
}

const SEPARATOR = 0.45; // of a digit's width
const REST_SIZE = 0.82; // of the text's size, as the style sheet has it
const LABEL_SIZE = 0.72; // of a letter of a heading
const LABEL_ARROW = 1.6;
const TIME_DIGITS = 10.5;

export class Widths {
  readonly #widths = new Map<string, ColumnWidth>();

  /** Whether this position made a column wider. */
  grow(position: Position, columns: readonly Column[], base: string): boolean {
    let isWider = false;
    for (const column of columns) {
      const text = column.decimal?.(position, base)?.text;
      if (text === undefined) continue;
      const point = text.indexOf(".");
      const whole = (point < 0 ? text.length : point) - (text.startsWith("-") ? 1 : 0);
      const decimals = Math.max(point < 0 ? 0 : text.length - point - 1, column.padded ?? 0);
      const rest = Math.max(0, decimals - (column.least ?? 0));
      const known = this.of(column);
      if (whole <= known.whole && rest <= known.rest) continue;
      this.#widths.set(column.key, { whole: Math.max(whole, known.whole), rest: Math.max(rest, known.rest) });
      isWider = true;
    }
    return isWider;
  }

  of(column: Column): ColumnWidth {
    return this.#widths.get(column.key) ?? { whole: 1, rest: 0 };
  }

  /** Of the decimals above the least alone, in widths of their own digits: what aligns the points. */
  restDigits(column: Column): number {
    const { rest } = this.of(column);
    return rest === 0 || column.least ? rest : rest + SEPARATOR;
  }

  /** In digits' widths, without the cell's padding; never less than the label needs. */
  digits(column: Column): number {
    const label = column.label.length * LABEL_SIZE + LABEL_ARROW;
    if (column.time) return Math.max(label, TIME_DIGITS);
    const { whole } = this.of(column);
    const groups = Math.floor((whole - 1) / 3) * SEPARATOR;
    const least = column.least ? column.least + SEPARATOR : 0;
    const rest = this.restDigits(column) * (column.least ? REST_SIZE : 1);
    const marks = (column.signed ? 1.2 : 0) + (column.percent ? 1.6 : 0) + (column.ticks ? 1.8 : 0);
    return Math.max(label, whole + groups + least + marks + rest);
  }
}
