// The drawing of a chart: TradingView's lightweight-charts in an element. Loaded by itself, when there is
// something to draw.
//
// Its logo is off because that brings an inline style sheet, which the page's policy forbids; chart.tsx names
// its makers.
import {
  AreaSeries,
  ColorType,
  createChart,
  CrosshairMode,
  LastPriceAnimationMode,
  LineSeries,
  LineStyle,
  LineType,
  TickMarkType,
  type DeepPartial,
  type IChartApi,
  type ISeriesApi,
  type MouseEventParams,
  type SeriesType,
  type Time,
  type TimeChartOptions,
} from "lightweight-charts";
import { heightOf, type ChartLine, type Point } from "./points";

export interface DrawingSettings {
  readonly axis: (value: number) => string; // how heights are written beside the axis
  readonly onHover: (date: string | null) => void;
}

const isoOf = (time: Time): string => {
  if (typeof time === "string") return time;
  if (typeof time === "number") return new Date(time * 1000).toISOString().slice(0, 10);
  return [String(time.year), String(time.month).padStart(2, "0"), String(time.day).padStart(2, "0")].join("-");
};

const TICKS: Readonly<Partial<Record<TickMarkType, Intl.DateTimeFormatOptions>>> = {
  [TickMarkType.Year]: { year: "numeric" },
  [TickMarkType.Month]: { month: "short" },
};

function tickText(time: Time, type: TickMarkType): string {
  const options = TICKS[type] ?? { day: "numeric" };
  return new Intl.DateTimeFormat(undefined, { ...options, timeZone: "UTC" }).format(
    new Date(`${isoOf(time)}T00:00:00Z`),
  );
}

function layoutOptions(axis: (value: number) => string): DeepPartial<TimeChartOptions> {
  return {
    autoSize: true,
    layout: { attributionLogo: false, fontSize: 12, fontFamily: getComputedStyle(document.documentElement).fontFamily },
    handleScroll: false, // the page scrolls, also by a finger on the chart; buttons choose the range
    handleScale: false,
    kineticScroll: { mouse: false, touch: false },
    rightPriceScale: { borderVisible: false, entireTextOnly: true, scaleMargins: { top: 0.08, bottom: 0.06 } },
    timeScale: {
      borderVisible: false,
      fixLeftEdge: true,
      fixRightEdge: true,
      minBarSpacing: 0.01,
      lockVisibleTimeRangeOnResize: true,
      tickMarkFormatter: tickText,
    },
    crosshair: {
      mode: CrosshairMode.Magnet,
      horzLine: { labelVisible: false, visible: false },
      vertLine: { labelVisible: false },
    },
    grid: { vertLines: { visible: false } },
    localization: { priceFormatter: axis },
  };
}

export class Drawing {
  readonly #chart: IChartApi;
  #lines: readonly ChartLine[] = [];
  #series: ISeriesApi<SeriesType>[] = [];
  #dates: string[] = [];

  constructor(holder: HTMLElement, settings: DrawingSettings) {
    this.#chart = createChart(holder, layoutOptions(settings.axis));
    this.#chart.subscribeCrosshairMove(({ time }: MouseEventParams) =>
      settings.onHover(time === undefined ? null : isoOf(time)),
    );
    this.paint();
  }

  /** Other lines, all of them in view. */
  setLines(lines: readonly ChartLine[]): void {
    const isSame =
      lines.length === this.#lines.length && lines.every((line, index) => line.kind === this.#lines[index]?.kind);
    this.#lines = lines;
    if (!isSame) this.#makeSeries();
    for (const [index, line] of lines.entries()) {
      this.#series[index]?.setData(line.points.map((point) => ({ time: point.date, value: heightOf(point) })));
    }
    this.#dates = lines[0]?.points.map((point) => point.date) ?? [];
    this.#chart.timeScale().fitContent();
  }

  #makeSeries(): void {
    for (const series of this.#series) this.#chart.removeSeries(series);
    this.#series = this.#lines.map((line): ISeriesApi<SeriesType> => {
      const common = { priceLineVisible: false, lastValueVisible: false, crosshairMarkerRadius: 4 };
      if (line.kind === "area")
        return this.#chart.addSeries(AreaSeries, { ...common, lineWidth: 2, lastPriceAnimation: animation() });
      const isSteps = line.kind === "steps";
      return this.#chart.addSeries(LineSeries, {
        ...common,
        lineWidth: isSteps ? 1 : 2,
        lineStyle: isSteps ? LineStyle.Dashed : LineStyle.Solid,
        lineType: isSteps ? LineType.WithSteps : LineType.Simple,
        crosshairMarkerVisible: !isSteps,
        ...(isSteps ? { autoscaleInfoProvider: () => null } : {}), // the others' heights count
      });
    });
    this.paint();
  }

  /** The newest value of the first line: its last point moves, or a new day begins. */
  setLive(point: Point): void {
    const last = this.#dates.at(-1);
    if (last !== undefined && point.date < last) return;
    if (point.date !== last) this.#dates.push(point.date);
    this.#series[0]?.update({ time: point.date, value: heightOf(point) });
    if (point.date !== last) this.#chart.timeScale().fitContent();
  }

  /** Shows a day as if the pointer were there; null: none. */
  setCrosshair(point: Point | null): void {
    const series = this.#series[0];
    if (point && series) this.#chart.setCrosshairPosition(heightOf(point), point.date, series);
    else this.#chart.clearCrosshairPosition();
  }

  /** Takes the theme's colours, as the style sheet has them now. */
  paint(): void {
    const style = getComputedStyle(document.documentElement);
    const color = (name: string): string => style.getPropertyValue(name).trim();
    this.#chart.applyOptions({
      layout: { background: { type: ColorType.Solid, color: "transparent" }, textColor: color("--quiet") },
      grid: { horzLines: { color: color("--line") } },
      crosshair: { vertLine: { color: color("--line-strong"), style: LineStyle.Solid } },
    });
    for (const [index, line] of this.#lines.entries()) {
      const own = index === 0 ? color("--accent") : color(line.kind === "steps" ? "--quiet" : "--second");
      const series = this.#series[index];
      if (line.kind === "area") series?.applyOptions({ lineColor: own, topColor: `${own}2e`, bottomColor: `${own}00` });
      else series?.applyOptions({ color: own });
    }
  }

  end(): void {
    this.#chart.remove();
  }
}

function animation(): LastPriceAnimationMode {
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return isStill ? LastPriceAnimationMode.Disabled : LastPriceAnimationMode.OnDataUpdate;
}
