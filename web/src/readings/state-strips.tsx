// Instruments over time: a strip each, as wide as the plots above it, coloured by what the instrument said. The words
// are in the legend, and beside the strip for the moment that is looked at.
import { useCallback, useContext, useMemo } from "preact/hooks";
import { Canvas, type Draw } from "../charts/canvas.tsx";
import { colourOf } from "../charts/colours.ts";
import { CursorContext } from "../charts/cursor.ts";
import { plotGutterPx, plotMarginPx } from "../charts/plot-options.ts";
import { shownText } from "../format/raw-text.ts";
import { Name } from "../ui/foreign.tsx";
import { colourOfValue, type InstrumentStates, stateAt, valuesOf } from "./states.ts";

export interface StateStripsProps {
  readonly states: readonly InstrumentStates[];
  /** Where there are readings: nothing is drawn elsewhere. Seconds since 1970. */
  readonly pieces: readonly (readonly [number, number])[];
  readonly range: readonly [number, number];
}

const mostInLegend = 8;

export function StateStrips({ states, pieces, range }: StateStripsProps) {
  const cursor = useContext(CursorContext);
  const values = useMemo(() => valuesOf(states), [states]);
  return (
    <div class="strips">
      {states.map((one) => (
        <div class="strip" key={one.instrument}>
          <div class="strip-head">
            <span class="dim">{shownText(one.instrument)}</span>
            {cursor.value !== null && <Name text={stateAt(one, cursor.value) ?? ""} />}
          </div>
          <Strip of={one} pieces={pieces} range={range} values={values} />
        </div>
      ))}
      <div class="legend">
        {values.slice(0, mostInLegend).map((value) => (
          <span key={value}>
            <i
              class="swatch"
              style={{ background: `var(${colourOfValue(value, values)})` }}
              aria-hidden="true"
            />
            <Name text={value === "" ? "(empty)" : value} />
          </span>
        ))}
        {values.length > mostInLegend && (
          <span class="dim">and {values.length - mostInLegend} more</span>
        )}
      </div>
    </div>
  );
}

interface StripProps extends Omit<StateStripsProps, "states"> {
  readonly of: InstrumentStates;
  readonly values: readonly string[];
}

function Strip({ of, pieces, range, values }: StripProps) {
  const cursor = useContext(CursorContext);
  const [from, to] = range;
  const draw = useCallback<Draw>(
    (context, { width, height }) => {
      const inner = width - plotGutterPx - plotMarginPx;
      const x = (seconds: number): number => {
        const share = (seconds - from) / Math.max(1e-9, to - from);
        return plotGutterPx + Math.round(Math.min(1, Math.max(0, share)) * inner);
      };
      context.clearRect(0, 0, width, height);
      for (const stretch of of.stretches) {
        context.fillStyle = colourOf(colourOfValue(stretch.value, values));
        for (const [first, last] of pieces) {
          const left = Math.max(stretch.from, first);
          const right = Math.min(stretch.to, last);
          if (right >= left) context.fillRect(x(left), 0, Math.max(1, x(right) - x(left)), height);
        }
      }
    },
    [of, pieces, from, to, values],
  );
  const move = (event: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - left - plotGutterPx) / (width - plotGutterPx - plotMarginPx);
    cursor.value = share < 0 || share > 1 ? null : from + share * (to - from);
  };
  return (
    <div
      class="strip-canvas"
      role="img"
      aria-label={summaryOf(of)}
      onPointerMove={move}
      onPointerLeave={() => {
        cursor.value = null;
      }}
    >
      <Canvas class="canvas-box fill" draw={draw} />
    </div>
  );
}

function summaryOf({ instrument, stretches }: InstrumentStates): string {
  const last = stretches.at(-1);
  const changes = Math.max(0, stretches.length - 1);
  return `${shownText(instrument)}: ${changes} changes, last ${shownText(last?.value ?? "unknown")}`;
}
