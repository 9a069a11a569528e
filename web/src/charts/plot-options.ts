// What a plot over time looks like, for uPlot: quiet axes, times in UTC, a band from the least to the greatest value
// behind the line of the means.
import uPlot from "uplot";
import { tickTexts } from "../format/time.ts";
import { axisFont, colourOf, fadedColourOf } from "./colours.ts";

export interface PlotSeries {
  readonly label: string;
  readonly colour: `--${string}`;
  readonly values: readonly (number | null)[];
  /** The least and the greatest value where `values` has a mean. */
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
  readonly isFilled?: boolean;
}

export interface PlotLook {
  readonly height: number;
  readonly width: number;
  readonly axisText: (value: number) => string;
  readonly startsAtZero: boolean;
  /** The least that the axis of values spans. */
  readonly leastSpan: number;
  readonly canZoom: boolean;
  readonly timeText?: (seconds: number) => string;
}

/** Left and right of what is plotted: what stands below a plot keeps to the same edges. */
export const plotGutterPx = 66;
export const plotMarginPx = 8;

export function plotData(
  seconds: readonly number[],
  series: readonly PlotSeries[],
): uPlot.AlignedData {
  const columns = series.flatMap(({ values, low, high }) =>
    low === undefined || high === undefined ? [values] : [values, high, low],
  );
  return [[...seconds], ...columns.map((column) => [...column])]; // uPlot's type wants them to be its own.
}

export function plotOptions(series: readonly PlotSeries[], look: PlotLook): uPlot.Options {
  const columns: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  for (const { label, colour, low, isFilled } of series) {
    const line: uPlot.Series = { label, stroke: colourOf(colour), width: 1.5 };
    if (isFilled === true) line.fill = fadedColourOf(colour, 0.12);
    columns.push({ ...line, points: { show: false } });
    if (low === undefined) continue;
    const edge: uPlot.Series = { stroke: "transparent", width: 0, points: { show: false } };
    columns.push(edge, edge);
    bands.push({
      series: [columns.length - 2, columns.length - 1],
      fill: fadedColourOf(colour, 0.22),
    });
  }
  return {
    width: look.width,
    height: look.height,
    series: columns,
    bands,
    legend: { show: false },
    padding: [8, plotMarginPx, 0, 0],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: look.canZoom, y: false, setScale: false },
    },
    scales: { y: { range: (_, low, high) => valueRange(low, high, look) } },
    axes: [timeAxis(look), valueAxis(look)],
  };
}

function valueRange(low: number | null, high: number | null, look: PlotLook): [number, number] {
  const least = look.startsAtZero ? 0 : (low ?? 0);
  const most = Math.max(high ?? 0, least);
  const span = Math.max(most - least, look.leastSpan);
  if (look.startsAtZero) return [0, span * 1.08];
  const middle = (least + most) / 2;
  return [middle - span * 0.56, middle + span * 0.56];
}

function timeAxis({ timeText }: PlotLook): uPlot.Axis {
  const axis: uPlot.Axis = { ...quiet(), size: 26, gap: 4, space: 90 };
  if (timeText === undefined) return { ...axis, values: timeTicks };
  return { ...axis, values: (_, ticks) => ticks.map(timeText) };
}

const roomForDaysPx = 420;

const timeTicks: uPlot.Axis.DynamicValues = (plot, ticks, _axis, _space, step) =>
  tickTexts(ticks, step, plot.width > roomForDaysPx);

function valueAxis({ axisText }: PlotLook): uPlot.Axis {
  return {
    ...quiet(),
    size: plotGutterPx,
    gap: 6,
    space: 24,
    values: (_, ticks) => ticks.map(axisText),
  };
}

function quiet(): uPlot.Axis {
  return {
    stroke: colourOf("--dim"),
    font: axisFont(),
    grid: { stroke: colourOf("--grid"), width: 1 },
    ticks: { show: false },
    border: { show: false },
  };
}
