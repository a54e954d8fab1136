// The columns of the positions: what each shows of a position, how it is written and sorted. Pure.
//
// Amounts are in the portfolio's currency, so that they can be compared and add up; prices in their own.
import type { Decimal, Position } from "@portfolio-stream/client";
import type { NumberOptions } from "../format";

export interface Column extends NumberOptions {
  readonly key: string;
  readonly label: string;
  readonly about: string;
  readonly toned?: boolean; // coloured by its sign
  readonly ticks?: boolean; // arrow and flash when it changes
  readonly decimal?: (position: Position, base: string) => Decimal | undefined;
  readonly time?: (position: Position) => string | undefined;
}

type AmountName =
  | "cost_basis"
  | "current_value"
  | "gain_loss"
  | "gain_loss_percent"
  | "day_change"
  | "day_change_percent";

/** In the portfolio's currency; a row in another one has it only while the rate is known. */
function inBase(name: AmountName): (position: Position, base: string) => Decimal | undefined {
  const baseName = `${name}_base` as const;
  return (position, base) => (position.currency === base ? position[name] : position[baseName]);
}

const GAIN = { least: 2, signed: true, toned: true } as const;
const GAIN_PERCENT = { least: 2, signed: true, toned: true, percent: true, padded: 4 } as const;

export const COLUMNS: readonly Column[] = [
  { key: "quantity", label: "Quantity", about: "How much is held", decimal: (position) => position.quantity },
  {
    key: "average_cost",
    label: "Average cost",
    about: "Cost of one, fees included, in its own currency",
    least: 2,
    decimal: (position) => position.average_cost,
  },
  {
    key: "previous_close",
    label: "Previous close",
    about: "In its own currency",
    least: 2,
    decimal: (position) => position.previous_close,
  },
  {
    key: "current_price",
    label: "Price",
    about: "The last known price, in its own currency",
    least: 2,
    ticks: true,
    decimal: (position) => position.current_price,
  },
  {
    key: "day_change_percent",
    label: "Today %",
    about: "Since the previous close",
    ...GAIN_PERCENT,
    decimal: inBase("day_change_percent"),
  },
  { key: "day_change", label: "Today", about: "Since the previous close", ...GAIN, decimal: inBase("day_change") },
  { key: "current_value", label: "Value", about: "Quantity times price", least: 2, decimal: inBase("current_value") },
  { key: "cost_basis", label: "Cost", about: "What was paid, fees included", least: 2, decimal: inBase("cost_basis") },
  { key: "gain_loss", label: "Gain or loss", about: "Value less cost", ...GAIN, decimal: inBase("gain_loss") },
  {
    key: "gain_loss_percent",
    label: "Gain %",
    about: "Gain or loss of the cost",
    ...GAIN_PERCENT,
    decimal: inBase("gain_loss_percent"),
  },
  { key: "price_as_of", label: "Price of", about: "When the price is of", time: (position) => position.price_as_of },
];

export const SYMBOL_KEY = "ticker_symbol";

const DEFAULTS = {
  wide: [
    "quantity",
    "current_price",
    "day_change_percent",
    "day_change",
    "current_value",
    "gain_loss",
    "gain_loss_percent",
    "price_as_of",
  ],
  middle: ["quantity", "current_price", "day_change_percent", "current_value", "gain_loss"],
  phone: ["current_price", "day_change_percent", "current_value"],
} as const;

export type Width = keyof typeof DEFAULTS;

export function defaultColumns(width: Width): string {
  return DEFAULTS[width].join(",");
}

/** The columns that a text like "quantity,current_price" names, in their order in the table. */
export function parseColumns(text: string): Column[] {
  const wanted = new Set(text.split(","));
  return COLUMNS.filter((column) => wanted.has(column.key));
}

export function formatColumns(keys: ReadonlySet<string>): string {
  return COLUMNS.filter((column) => keys.has(column.key))
    .map((column) => column.key)
    .join(",");
}
