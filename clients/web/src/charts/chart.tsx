// A chart of values by day: drawn for the eye, moved along by keys, told by its values and as a table.
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatDate } from "../format";
import { useTheme } from "../theme";
import type { Exact } from "../ui/values";
import type { Drawing } from "./drawing";
import { paceOf } from "./pace";
import { extremesOf, indexAfterKey, pointAt, withLive, type ChartLine, type Point } from "./points";
import "../styles/charts.css";

export interface ChartProps {
  name: string; // what is drawn, for who cannot see it
  lines: readonly ChartLine[]; // the first one is the chart's own; keep the array while it is the same
  write: (value: Exact) => string;
  axis: (value: number) => string;
  follow?: ((show: (point: Point) => void) => () => void) | undefined; // the newest point of the first line
  table?: (() => JSX.Element) | undefined; // in place of the table of the lines
}

const LIVE_MS = 250;

type Draw = { state: "loading" } | { state: "there"; drawing: Drawing } | { state: "failed" };

export function Chart({ name, lines, write, axis, follow, table }: ChartProps): JSX.Element {
  const holder = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const [keyed, setKeyed] = useState<Point | null>(null); // holds until a pointer moves here
  const [live, setLive] = useState<Point | null>(null);
  const draw = useDrawing(holder, axis, setHovered);
  useEffect(() => {
    const paced = paceOf(setLive, LIVE_MS);
    const stop = follow?.(paced.show);
    return () => {
      stop?.();
      paced.end();
    };
  }, [follow]);
  useShown(draw, lines, live, keyed);
  const shown = useMemo(
    () => lines.map((line, index) => (index === 0 ? { ...line, points: withLive(line.points, live) } : line)),
    [lines, live],
  );
  const points = shown[0]?.points ?? [];
  const date = keyed?.date ?? hovered ?? points.at(-1)?.date ?? "";
  return (
    <figure class="chart">
      <Legend lines={shown} date={date} write={write} />
      <div class="chart-frame" onPointerMove={() => setKeyed(null)}>
        <div ref={holder} class="chart-plot" aria-hidden="true" />
        <Cursor name={name} points={points} date={date} keyed={keyed} write={write} onMove={setKeyed} />
        {draw.state === "failed" && (
          <p class="chart-failed" role="alert">
            The chart could not be loaded; the table below has its values.
          </p>
        )}
      </div>
      <figcaption class="chart-caption">
        <Data name={name} lines={shown} write={write} table={table} />
        <a class="chart-makers" href="https://www.tradingview.com/" target="_blank" rel="noopener noreferrer">
          TradingView Lightweight Charts™ Copyright © 2026 TradingView, Inc.
        </a>
      </figcaption>
    </figure>
  );
}

function useDrawing(
  holder: { current: HTMLDivElement | null },
  axis: (value: number) => string,
  onHover: (date: string | null) => void,
): Draw {
  const [draw, setDraw] = useState<Draw>({ state: "loading" });
  useEffect(() => {
    let made: Drawing | null = null;
    let isGone = false;
    import("./drawing").then(
      ({ Drawing }) => {
        if (isGone || !holder.current) return;
        made = new Drawing(holder.current, { axis, onHover });
        setDraw({ state: "there", drawing: made });
      },
      () => {
        if (!isGone) setDraw({ state: "failed" });
      },
    );
    return () => {
      isGone = true;
      made?.end();
    };
  }, [axis]);
  return draw;
}

function useShown(draw: Draw, lines: readonly ChartLine[], live: Point | null, keyed: Point | null): void {
  const theme = useTheme().shown;
  const drawing = draw.state === "there" ? draw.drawing : null;
  useEffect(() => drawing?.setLines(lines), [drawing, lines]);
  useEffect(() => {
    if (live) drawing?.setLive(live);
  }, [drawing, lines, live]);
  // What is new moves the drawing's own cross: it goes back to where keys put it.
  useEffect(() => drawing?.setCrosshair(keyed), [drawing, lines, keyed !== null && live, keyed]);
  useEffect(() => drawing?.paint(), [drawing, theme]);
}

interface LegendProps {
  lines: readonly ChartLine[];
  date: string;
  write: (value: Exact) => string;
}

/** What the lines are, and their values on the day under the pointer, else the newest. */
function Legend({ lines, date, write }: LegendProps): JSX.Element {
  return (
    <div class="chart-legend">
      <span class="chart-date">{date && formatDate(date)}</span>
      {lines.map((line, index) => {
        const point = pointAt(line.points, date);
        return (
          <span key={line.name} class="chart-key" data-line={line.kind === "steps" ? "steps" : index}>
            <span class="chart-swatch" aria-hidden="true" />
            {line.name} <span class="number">{point ? write(point.value) : "–"}</span>
          </span>
        );
      })}
    </div>
  );
}

interface CursorProps {
  name: string;
  points: readonly Point[];
  date: string;
  keyed: Point | null;
  write: (value: Exact) => string;
  onMove: (point: Point | null) => void;
}

/**
 * The day that is looked at, as a slider: arrows go from day to day, and each says its value. While it has the focus
 * it keeps to what it said: nobody is read every price.
 */
function Cursor({ name, points, date, keyed, write, onMove }: CursorProps): JSX.Element {
  const index = points.findLastIndex((point) => point.date <= date);
  const point = keyed ?? points[index];
  const extremes = useMemo(() => extremesOf(points), [points]);
  const about = extremes ? `${name}. Lowest ${write(extremes.low.value)}, highest ${write(extremes.high.value)}` : name;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = indexAfterKey(event.key, index, points.length);
    if (event.key === "Escape") onMove(null);
    if (to === null) return;
    event.preventDefault();
    onMove(points[to] ?? null);
  };
  return (
    <div
      class="chart-cursor"
      role="slider"
      tabIndex={0}
      aria-label={about}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, points.length - 1)}
      aria-valuenow={Math.max(0, index)}
      aria-valuetext={point ? `${formatDate(point.date)}: ${write(point.value)}` : "nothing"}
      onKeyDown={onKeyDown}
      onFocus={() => onMove(points[index] ?? null)}
      onBlur={() => onMove(null)}
    />
  );
}

interface DataProps {
  name: string;
  lines: readonly ChartLine[];
  write: (value: Exact) => string;
  table?: (() => JSX.Element) | undefined;
}

/** The values as a table, made when it is opened. */
function Data({ name, lines, write, table }: DataProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="chart-data" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Values as a table</summary>
      {isOpen && (
        <div class="table-scroll chart-table" role="region" aria-label={`${name}, values`} tabIndex={0}>
          {table ? table() : <LinesTable name={name} lines={lines} write={write} />}
        </div>
      )}
    </details>
  );
}

function LinesTable({
  name,
  lines,
  write,
}: {
  name: string;
  lines: readonly ChartLine[];
  write: (value: Exact) => string;
}): JSX.Element {
  const newestFirst = [...(lines[0]?.points ?? [])].reverse();
  return (
    <table class="table">
      <caption class="visually-hidden">{name}</caption>
      <thead>
        <tr>
          <th scope="col">Day</th>
          {lines.map((line) => (
            <th key={line.name} scope="col" class="is-number">
              {line.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {newestFirst.map(({ date }) => (
          <tr key={date}>
            <th scope="row">
              <time dateTime={date}>{formatDate(date)}</time>
            </th>
            {lines.map((line) => {
              const point = pointAt(line.points, date);
              return (
                <td key={line.name} class="is-number">
                  {point ? write(point.value) : "–"}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
