// An orbit that a person would believe.
import { expect, test } from "vitest";
import { inclinationDeg, Orbit, type Position } from "../../../src/cli/simulate/orbit.ts";
import { seededRandom } from "../../../src/cli/simulate/random.ts";

const seeds = [1, 2, 3, 4, 5];
const orbitOf = (seed: number) => new Orbit(seededRandom(seed, "orbit"));

function measure(orbit: Orbit, seconds: number): Position {
  const position = { altitudeM: 0, velocityMPerS: 0, latitudeDeg: 0, longitudeDeg: 0 };
  orbit.measure(seconds, position);
  return position;
}

function track(orbit: Orbit, count: number, stepS: number, fromS = 0): Position[] {
  return Array.from({ length: count }, (_, at) => measure(orbit, fromS + at * stepS));
}

/** Over ground, along a great circle. */
function distanceM(from: Position, to: Position): number {
  const rad = (degrees: number) => (degrees * Math.PI) / 180;
  const [latitude, otherLatitude] = [rad(from.latitudeDeg), rad(to.latitudeDeg)];
  const sinLatitude = Math.sin((otherLatitude - latitude) / 2) ** 2;
  const sinLongitude = Math.sin(rad(to.longitudeDeg - from.longitudeDeg) / 2) ** 2;
  const chord = sinLatitude + Math.cos(latitude) * Math.cos(otherLatitude) * sinLongitude;
  return 2 * 6_371_000 * Math.asin(Math.sqrt(chord));
}

test.each(seeds)("latitude reaches the inclination and never goes beyond it (seed %i)", (seed) => {
  const orbit = orbitOf(seed);
  const latitudes = track(orbit, 1_000, orbit.periodS / 1_000).map((at) => at.latitudeDeg);
  expect(Math.max(...latitudes)).toBeLessThanOrEqual(inclinationDeg);
  expect(Math.min(...latitudes)).toBeGreaterThanOrEqual(-inclinationDeg);
  expect(Math.max(...latitudes)).toBeGreaterThan(inclinationDeg - 0.1);
});

test.each(seeds)(
  "a turn takes an hour and a half, at the speed of that height (seed %i)",
  (seed) => {
    const orbit = orbitOf(seed);
    expect(orbit.periodS / 60).toBeCloseTo(90.4, 0);
    for (const { altitudeM, velocityMPerS } of track(orbit, 1_000, 97)) {
      expect(Math.abs(altitudeM - 300_000)).toBeLessThan(500);
      const circularMPerS = Math.sqrt(3.986004418e14 / (6_371_000 + altitudeM));
      expect(Math.abs(velocityMPerS - circularMPerS)).toBeLessThan(3);
    }
  },
);

test.each(seeds)("the track has no gaps, not at the date line either (seed %i)", (seed) => {
  const positions = track(orbitOf(seed), 60_000, 0.1);
  const steps = positions.slice(1).map((to, at) => {
    const from = positions[at] ?? to;
    return {
      groundMPerS: distanceM(from, to) / 0.1,
      climbM: Math.abs(to.altitudeM - from.altitudeM),
      crossesDateLine: Math.abs(to.longitudeDeg - from.longitudeDeg) > 180,
    };
  });
  // The ground's speed below it: 7.4 km/s, less what the earth turns.
  expect(Math.min(...steps.map((step) => step.groundMPerS))).toBeGreaterThan(6_900);
  expect(Math.max(...steps.map((step) => step.groundMPerS))).toBeLessThan(7_500);
  expect(Math.max(...steps.map((step) => step.climbM))).toBeLessThan(6);
  expect(Math.max(...positions.map((at) => Math.abs(at.longitudeDeg)))).toBeLessThanOrEqual(180);
  // More than one turn around the earth.
  expect(steps.filter((step) => step.crossesDateLine).length).toBeGreaterThanOrEqual(1);
});

test("each turn passes further west, by what the earth has turned meanwhile", () => {
  const orbit = orbitOf(1);
  const [first, second] = [measure(orbit, 0), measure(orbit, orbit.periodS)];
  const westDeg = (first.longitudeDeg - second.longitudeDeg + 360) % 360;
  expect(westDeg).toBeCloseTo((orbit.periodS / 86_164) * 360, 3);
  expect(second.latitudeDeg).toBeCloseTo(first.latitudeDeg, 6);
});
