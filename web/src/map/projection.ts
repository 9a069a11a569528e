// The map of the world as mission control draws it: longitude and latitude as they are, north up, Greenwich in the
// middle. It fills its box, which is twice as wide as high.
import { type GeoProjection, geoEquirectangular, geoGraticule, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import topology from "world-atlas/land-110m.json";
import { colourOf } from "../charts/colours.ts";
import type { Box } from "../charts/use-box.ts";
import type { TrackPoint } from "./track.ts";

export function projectionFor({ width, height }: Box): GeoProjection {
  return geoEquirectangular()
    .scale(width / (2 * Math.PI))
    .translate([width / 2, height / 2])
    .precision(0.3);
}

const { land: landShape } = topology.objects;
const land = landShape === undefined ? null : feature(topology, landShape);
const graticule = geoGraticule().step([30, 30])();

export function drawWorld(context: CanvasRenderingContext2D, box: Box): void {
  const path = geoPath(projectionFor(box), context);
  context.clearRect(0, 0, box.width, box.height);
  context.beginPath();
  if (land !== null) path(land);
  context.fillStyle = colourOf("--land");
  context.fill();
  context.beginPath();
  path(graticule);
  context.strokeStyle = colourOf("--line-strong");
  context.globalAlpha = 0.35;
  context.lineWidth = 0.5;
  context.stroke();
  context.globalAlpha = 1;
}

/** d3 cuts each line where it crosses the date line. */
export function drawTrack(
  context: CanvasRenderingContext2D,
  box: Box,
  pieces: readonly (readonly TrackPoint[])[],
): void {
  const path = geoPath(projectionFor(box), context);
  const coordinates = pieces.map((piece) =>
    piece.map(({ longitude, latitude }): [number, number] => [longitude, latitude]),
  );
  context.beginPath();
  path({ type: "MultiLineString", coordinates });
  context.lineWidth = 1.75;
  context.lineJoin = "round";
  context.lineCap = "round";
  context.strokeStyle = colourOf("--series-1");
  context.stroke();
}
