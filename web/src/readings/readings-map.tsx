// The ground track of readings, and in words the one that is pointed at.
import { useContext } from "preact/hooks";
import { CursorContext } from "../charts/cursor.ts";
import { nearestIndex } from "../charts/nearest.ts";
import { decimalText } from "../format/count.ts";
import { GroundTrack, placeText } from "../map/ground-track.tsx";
import { Decimal } from "../ui/figures.tsx";
import { Moment } from "../ui/moment.tsx";
import { Panel } from "../ui/panel.tsx";
import type { ReadingsModel } from "./model.ts";

export function ReadingsMap({ of, title }: { of: ReadingsModel | undefined; title: string }) {
  const points = of?.points ?? [];
  return (
    <Panel title={title} aside={<Ends />}>
      <div class="body">
        <GroundTrack points={points} label={`${title}. Arrow keys go along the readings.`} />
        <Readout of={of} />
      </div>
    </Panel>
  );
}

function Ends() {
  return (
    <span class="legend">
      <span>
        <i class="end first" aria-hidden="true" /> first
      </span>
      <span>
        <i class="end last" aria-hidden="true" /> latest
      </span>
    </span>
  );
}

function Readout({ of }: { of: ReadingsModel | undefined }) {
  const cursor = useContext(CursorContext);
  const points = of?.columns.seconds.length === 0 ? [] : (of?.points ?? []);
  const at = cursor.value === null ? -1 : nearestPointIndex(points, cursor.value);
  const point = points[at];
  if (point === undefined) {
    return <p class="readout dim">Point at the track, or at a plot, to see a reading.</p>;
  }
  const { position, altitude, velocity } = point.bucket;
  return (
    <p class="readout">
      <Moment iso={position.timestamp} />
      <span>{placeText(point)}</span>
      <Decimal of={altitude.avg} digits={1} unit="m" />
      <Decimal of={velocity.avg} digits={2} unit="m/s" />
      <span class="dim">line {decimalText(position.line, 0)}</span>
    </p>
  );
}

function nearestPointIndex(
  points: readonly { readonly seconds: number }[],
  wanted: number,
): number {
  return nearestIndex(
    points.map(({ seconds }) => seconds),
    wanted,
  );
}
