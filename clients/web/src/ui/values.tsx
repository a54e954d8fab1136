// Numbers and times within text: exact, in the user's locale, coloured by their sign where asked.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  factorToPercent,
  formatDate,
  formatMoment,
  formatWhen,
  NOTHING,
  restDigits,
  writeNumber,
  type NumberOptions,
} from "../format";
import { eachMidnight } from "../midnight";

/** What has the exact text of a decimal: the SDK's Decimal. */
export interface Exact {
  readonly text: string;
}

export type Tone = "up" | "down" | "";

export function toneOf(value: Exact | undefined): Tone {
  if (value === undefined || /^-?[0.]*$/.test(value.text)) return "";
  return value.text.startsWith("-") ? "down" : "up";
}

interface NumberProps extends NumberOptions {
  value: Exact | undefined;
  toned?: boolean; // coloured by its sign
  /** Room for so many decimals above `least` (restDigits): the points of a column stand below each other. */
  rest?: number | undefined;
}

/** Any decimal: the digits above `least` are there, but quieter. */
export function Exactly({ value, toned = false, rest: room = 0, ...options }: NumberProps): JSX.Element {
  if (value === undefined) return <span class="number">{NOTHING}</span>;
  const { main, rest, tail } = writeNumber(value.text, options);
  const isQuiet = (options.least ?? 0) > 0;
  return (
    <span class={`number ${toned ? toneOf(value) : ""}`}>
      {main}
      {isQuiet && (rest !== "" || room > 0) ? (
        <span class="rest" style={room > 0 ? { minWidth: `calc(${room} * var(--digit))` } : {}}>
          {rest}
        </span>
      ) : (
        rest
      )}
      {tail}
    </span>
  );
}

interface AmountProps {
  value: Exact | undefined;
  toned?: boolean;
  rest?: number | undefined;
}

export function Amount({ value, toned = false, rest }: AmountProps): JSX.Element {
  return <Exactly value={value} least={2} toned={toned} signed={toned} rest={rest} />;
}

/** An amount that moves: its room only grows, so that what stands beside it does not jump. */
export function LiveAmount({ value, toned = false }: { value: Exact | undefined; toned?: boolean }): JSX.Element {
  const room = useRef(0);
  room.current = Math.max(room.current, restDigits([value], 2));
  return <Amount value={value} toned={toned} rest={room.current} />;
}

/** Of a number that is a percent already (the stream's …_percent). */
export function Percent({ value, toned = false }: { value: Exact | undefined; toned?: boolean }): JSX.Element {
  return <Exactly value={value} least={2} padded={4} percent toned={toned} signed={toned} />;
}

/** Of a factor (weights, returns): 0.05 is 5 %. */
export function Ratio({ value, toned = false }: { value: Exact | undefined; toned?: boolean }): JSX.Element {
  const percent = value === undefined ? undefined : { text: factorToPercent(value.text) };
  return <Percent value={percent} toned={toned} />;
}

export function When({ time }: { time: string }): JSX.Element {
  const [, setDay] = useState(0);
  useEffect(() => eachMidnight(() => setDay((day) => day + 1)), []);
  return (
    <time dateTime={time} title={formatMoment(time)}>
      {formatWhen(time)}
    </time>
  );
}

export function Day({ date }: { date: string }): JSX.Element {
  return <time dateTime={date}>{formatDate(date)}</time>;
}
