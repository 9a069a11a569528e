// Which times there are readings of: a strip over all of the data's time, and the gaps as a list, the longest first.
import { useCallback } from "preact/hooks";
import type { Coverage, Satellite } from "../../../../src/api/schemas/satellites.ts";
import { Canvas, type Draw } from "../../charts/canvas.tsx";
import { colourOf } from "../../charts/colours.ts";
import { countOf, percentText } from "../../format/count.ts";
import { durationText } from "../../format/quantity.ts";
import { epochSeconds } from "../../format/time.ts";
import type { Zoom } from "../../readings/zoom.ts";
import { Moment, Span } from "../../ui/moment.tsx";
import { Panel } from "../../ui/panel.tsx";

const mostGaps = 5;

export interface CoveragePanelProps {
  readonly of: Satellite;
  readonly zoom: Zoom | null;
  readonly onZoom: (zoom: Zoom) => void;
}

export function CoveragePanel({ of: { coverage }, zoom, onZoom }: CoveragePanelProps) {
  if (coverage === null) return null;
  const { buckets, gaps } = coverage;
  const share = buckets.reduce((sum, one) => sum + one.share, 0) / Math.max(1, buckets.length);
  const longest = [...gaps].sort((a, b) => b.seconds - a.seconds).slice(0, mostGaps);
  const zoomToGap = (from: string, to: string, seconds: number): void =>
    onZoom([epochSeconds(from) - seconds * 0.2, epochSeconds(to) + seconds * 0.2]);
  return (
    <Panel
      title="Coverage of data time"
      aside={
        <span class="controls">
          {percentText(share, 1)} % covered
          <button
            type="button"
            class="plain link"
            onClick={() => onZoom([epochSeconds(coverage.from), afterOf(coverage.to)])}
          >
            show all
          </button>
        </span>
      }
    >
      <div class="body">
        <CoverageStrip of={coverage} zoom={zoom} />
        <div class="ends small dim">
          <Moment iso={coverage.from} digits={0} />
          <Moment iso={coverage.to} digits={0} />
        </div>
        {gaps.length === 0 && <p class="small dim">No gap of a minute or more.</p>}
        {gaps.length > 0 && (
          <table class="gaps small">
            <caption class="dim">
              {countOf(gaps.length, "gap")} of a minute or more
              {gaps.length > mostGaps && `, the ${mostGaps} longest`}
            </caption>
            <tbody>
              {longest.map(({ from, to, seconds }) => (
                <tr key={from}>
                  <td class="number">{durationText(seconds)}</td>
                  <td>
                    <Span from={from} to={to} />
                  </td>
                  <td class="number">
                    <button
                      type="button"
                      class="plain link"
                      aria-label={`Show the gap of ${durationText(seconds)}`}
                      onClick={() => zoomToGap(from, to, seconds)}
                    >
                      show
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </Panel>
  );
}

/** A range ends before its end: the last reading is to be in it. */
function afterOf(to: string): number {
  return epochSeconds(to) + 1e-3;
}

function CoverageStrip({ of, zoom }: { of: Coverage; zoom: Zoom | null }) {
  const draw = useCallback<Draw>(
    (context, { width, height }) => {
      const from = epochSeconds(of.from);
      const span = Math.max(1e-6, epochSeconds(of.to) - from);
      const x = (seconds: number): number =>
        Math.round(Math.min(width, Math.max(0, ((seconds - from) / span) * width)));
      context.clearRect(0, 0, width, height);
      context.fillStyle = colourOf("--series-1");
      for (const { start, share } of of.buckets) {
        if (share === 0) continue;
        const left = x(epochSeconds(start));
        const right = x(epochSeconds(start) + of.bucketSeconds);
        context.globalAlpha = 0.25 + 0.75 * share;
        context.fillRect(left, 0, Math.max(1, right - left), height);
      }
      context.globalAlpha = 1;
      if (zoom === null) return;
      context.strokeStyle = colourOf("--text");
      context.lineWidth = 2;
      context.strokeRect(x(zoom[0]), 1, Math.max(3, x(zoom[1]) - x(zoom[0])), height - 2);
    },
    [of, zoom],
  );
  return (
    <div class="coverage-strip">
      <Canvas class="canvas-box fill" draw={draw} />
    </div>
  );
}
