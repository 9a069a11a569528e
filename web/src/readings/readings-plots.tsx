// Altitude, velocity and instruments over one axis of time. A range drawn with the pointer is asked from the server
// again, so that it comes finer.
import { useContext, useMemo } from "preact/hooks";
import { CursorContext } from "../charts/cursor.ts";
import { nearestIndex } from "../charts/nearest.ts";
import { Plot } from "../charts/plot.tsx";
import { countOf, decimalText } from "../format/count.ts";
import { durationText } from "../format/quantity.ts";
import { isoFromSeconds } from "../format/time.ts";
import { Unit } from "../ui/figures.tsx";
import { Span } from "../ui/moment.tsx";
import { Panel } from "../ui/panel.tsx";
import type { ReadingsModel } from "./model.ts";
import { extremesOf, type Measured } from "./series.ts";
import { StateStrips } from "./state-strips.tsx";
import type { Zoom } from "./zoom.ts";

export interface ReadingsPlotsProps {
  readonly of: ReadingsModel;
  readonly zoom: Zoom | null;
  readonly onZoom: (zoom: Zoom | null) => void;
  /** What is shown without a zoom. */
  readonly unzoomed: string;
}

interface Measurement {
  readonly of: Measured;
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
}

const measurements: readonly Measurement[] = [
  { of: "altitude", title: "Altitude", unit: "m", digits: 1 },
  { of: "velocity", title: "Velocity", unit: "m/s", digits: 2 },
];

export function ReadingsPlots({ of, zoom, onZoom, unzoomed }: ReadingsPlotsProps) {
  const { bucketSeconds, readings, states, pieces, range, statesAreCut } = of;
  return (
    <Panel title="Readings over time (UTC)" class="readings" aside={<Resolution of={of} />}>
      <div class="body">
        <div class="zoom small">
          <Span from={isoFromSeconds(range[0])} to={isoFromSeconds(range[1])} />
          {zoom === null ? (
            <span class="dim hint">Draw across a plot to zoom in.</span>
          ) : (
            <>
              <button type="button" onClick={() => onZoom(widened(zoom))}>
                Zoom out
              </button>
              <button type="button" onClick={() => onZoom(null)}>
                {unzoomed}
              </button>
            </>
          )}
          <button type="button" onClick={() => onZoom(narrowed(range))}>
            Zoom in
          </button>
        </div>
        {measurements.map((measurement) => (
          <MeasuredPlot key={measurement.of} of={of} measurement={measurement} onZoom={onZoom} />
        ))}
        <StateStrips states={states} pieces={pieces} range={range} />
        {statesAreCut && (
          <p class="dim small">
            The instruments changed too often to show all: zoom in to see the rest.
          </p>
        )}
        <p class="visually-hidden">
          {countOf(readings, "reading")} in steps of {durationText(bucketSeconds)}.
        </p>
      </div>
    </Panel>
  );
}

function Resolution({ of: { readings, bucketSeconds, points } }: { of: ReadingsModel }) {
  return (
    <span>
      {countOf(readings, "reading")}
      {points.length < readings && `, least to greatest of each ${durationText(bucketSeconds)}`}
    </span>
  );
}

interface MeasuredPlotProps {
  readonly of: ReadingsModel;
  readonly measurement: Measurement;
  readonly onZoom: (zoom: Zoom) => void;
}

function MeasuredPlot({ of, measurement, onZoom }: MeasuredPlotProps) {
  const { title, unit, digits } = measurement;
  const series = useMemo(() => [of.columns[measurement.of]], [of, measurement.of]);
  const extremes = extremesOf(of.points, measurement.of);
  const span = extremes === null ? 0 : extremes.max - extremes.min;
  const axisDigits = span >= 20 ? 0 : span >= 2 ? 1 : 2;
  const summary =
    extremes === null
      ? title
      : `${title}: ${decimalText(extremes.min, digits)} to ${decimalText(extremes.max, digits)} ${unit}`;
  return (
    <figure>
      <figcaption>
        <h3>{title}</h3>
        <Value of={of} measurement={measurement} />
      </figcaption>
      <Plot
        label={summary}
        seconds={of.columns.seconds}
        series={series}
        range={of.range}
        axisText={(value) => decimalText(value, axisDigits)}
        leastSpan={0.1}
        onZoom={(from, to) => onZoom([from, to])}
      />
    </figure>
  );
}

/** At the cursor; without one, from the least to the greatest. */
function Value({ of, measurement }: { of: ReadingsModel; measurement: Measurement }) {
  const { digits, unit } = measurement;
  const cursor = useContext(CursorContext);
  const times = useMemo(() => of.points.map(({ seconds }) => seconds), [of]);
  const at = cursor.value === null ? -1 : nearestIndex(times, cursor.value);
  const measured = of.points[at]?.bucket[measurement.of];
  const shown = measured ?? extremesOf(of.points, measurement.of);
  if (shown === null) return null;
  const isOne = shown.min === shown.max;
  return (
    <span class={measured === undefined ? "dim" : ""}>
      {decimalText(shown.min, digits)}
      {!isOne && ` – ${decimalText(shown.max, digits)}`}
      <Unit>{unit}</Unit>
    </span>
  );
}

const zoomFactor = 2;

function widened([from, to]: Zoom): Zoom {
  const half = ((to - from) * zoomFactor) / 2;
  return [(from + to) / 2 - half, (from + to) / 2 + half];
}

function narrowed([from, to]: Zoom): Zoom {
  const half = (to - from) / zoomFactor / 2;
  return [(from + to) / 2 - half, (from + to) / 2 + half];
}
