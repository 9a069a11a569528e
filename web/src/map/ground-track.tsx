// Where a satellite was: its track on the map, with its first and latest position, and the reading that the pointer, an
// arrow key or another plot's cursor is at.
import { useCallback, useContext, useMemo } from "preact/hooks";
import { Canvas, type Draw } from "../charts/canvas.tsx";
import { colourOf } from "../charts/colours.ts";
import { CursorContext } from "../charts/cursor.ts";
import { nearestIndex } from "../charts/nearest.ts";
import { decimalText } from "../format/count.ts";
import { drawTrack, drawWorld, projectionFor } from "./projection.ts";
import { type TrackPoint, trackPieces } from "./track.ts";

export interface GroundTrackProps {
  /** In the order of time. */
  readonly points: readonly TrackPoint[];
  /** What it shows, in a sentence. */
  readonly label: string;
}

/** Pixels; further away the pointer is at no reading. */
const reachPx = 28;

export function GroundTrack({ points, label }: GroundTrackProps) {
  const cursor = useContext(CursorContext);
  const seconds = useMemo(() => points.map((point) => point.seconds), [points]);
  const at = cursor.value === null ? -1 : nearestIndex(seconds, cursor.value);
  const chosen = points[at];

  const drawBase = useCallback<Draw>(
    (context, box) => {
      drawWorld(context, box);
      drawTrack(context, box, trackPieces(points));
      markEnds(context, box, points);
    },
    [points],
  );
  const drawChosen = useCallback<Draw>(
    (context, box) => {
      context.clearRect(0, 0, box.width, box.height);
      if (chosen !== undefined) mark(context, box, chosen, "--text", 5);
    },
    [chosen],
  );

  const point = (event: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const near = nearestPoint(points, box, event.clientX - box.left, event.clientY - box.top);
    cursor.value = near?.seconds ?? null;
  };
  const step = (event: KeyboardEvent): void => {
    const by = stepOf(event, points.length);
    if (by === 0 || points.length === 0) return;
    event.preventDefault();
    const next = Math.min(points.length - 1, Math.max(0, (at < 0 ? 0 : at) + by));
    cursor.value = points[next]?.seconds ?? null;
  };

  return (
    // A slider along the track; an input could not be drawn upon
    <div
      class="map"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, points.length - 1)}
      aria-valuenow={Math.max(0, at)}
      aria-valuetext={chosen === undefined ? "no reading chosen" : placeText(chosen)}
      onPointerMove={point}
      onPointerLeave={() => {
        cursor.value = null;
      }}
      onKeyDown={step}
    >
      <Canvas class="canvas-box" draw={drawBase} />
      <Canvas class="canvas-box" draw={drawChosen} />
    </div>
  );
}

/** "11.06° S 37.83° W" */
export function placeText({ latitude, longitude }: TrackPoint): string {
  const north = latitude < 0 ? "S" : "N";
  const east = longitude < 0 ? "W" : "E";
  return `${decimalText(Math.abs(latitude), 3)}° ${north} ${decimalText(Math.abs(longitude), 3)}° ${east}`;
}

function stepOf({ key, shiftKey }: KeyboardEvent, count: number): number {
  const far = shiftKey ? Math.max(1, Math.round(count / 50)) : 1;
  if (key === "ArrowRight" || key === "ArrowUp") return far;
  if (key === "ArrowLeft" || key === "ArrowDown") return -far;
  if (key === "Home") return -count;
  if (key === "End") return count;
  return 0;
}

interface Box {
  readonly width: number;
  readonly height: number;
}

function mark(
  context: CanvasRenderingContext2D,
  box: Box,
  { longitude, latitude }: TrackPoint,
  colour: `--${string}`,
  radius: number,
): void {
  const [x, y] = projectionFor(box)([longitude, latitude]) ?? [0, 0];
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colourOf(colour);
  context.strokeStyle = colourOf("--panel");
  context.lineWidth = 2;
  context.fill();
  context.stroke();
}

/** The first as a ring, the latest as a disc. */
function markEnds(
  context: CanvasRenderingContext2D,
  box: Box,
  points: readonly TrackPoint[],
): void {
  const first = points[0];
  const last = points.at(-1);
  if (first !== undefined && points.length > 1) {
    mark(context, box, first, "--series-1", 5);
    const [x, y] = projectionFor(box)([first.longitude, first.latitude]) ?? [0, 0];
    context.beginPath();
    context.arc(x, y, 2, 0, 2 * Math.PI);
    context.fillStyle = colourOf("--panel");
    context.fill();
  }
  if (last !== undefined) mark(context, box, last, "--series-1", 5);
}

/** On the screen, not on the globe: it is the screen that is pointed at. */
function nearestPoint(
  points: readonly TrackPoint[],
  box: Box,
  x: number,
  y: number,
): TrackPoint | undefined {
  let nearest: TrackPoint | undefined;
  let least = reachPx ** 2;
  for (const point of points) {
    const px = ((point.longitude + 180) / 360) * box.width;
    const py = ((90 - point.latitude) / 180) * box.height;
    const distance = (px - x) ** 2 + (py - y) ** 2;
    if (distance <= least) [nearest, least] = [point, distance];
  }
  return nearest;
}
