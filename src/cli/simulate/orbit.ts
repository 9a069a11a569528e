// Where a satellite is, and how fast: a circular low orbit over a round, turning earth. Plausible and smooth, not
// navigation: there is no drag, no flattening and no drift of the orbit's plane.
import { between, noise, type Random } from "./random.ts";

/** WGS 84 and IERS values. */
const gravityM3PerS2 = 3.986004418e14;
const earthRadiusM = 6_371_000;
const earthTurnRadPerS = 7.292115e-5;

export const inclinationDeg = 51.6;
/** As in packages of real satellites, which are within half a kilometre of it. */
const meanAltitudeM = 300_000;

const degreesPerRad = 180 / Math.PI;
const inclinationRad = inclinationDeg / degreesPerRad;
const sinInclination = Math.sin(inclinationRad);
const cosInclination = Math.cos(inclinationRad);
const turnRad = 2 * Math.PI;

/** A small oscillation of the altitude, one for the orbit's shape and a slower one. */
const onceAnOrbitM = 140;
const slowM = 45;
const slowPeriodS = 6.3 * 3_600;

const altitudeNoiseM = 0.8;
const velocityNoiseMPerS = 0.35;

/** What is measured at one moment. Written into, one object for all readings. */
export interface Position {
  altitudeM: number;
  velocityMPerS: number;
  /** North and east positive. */
  latitudeDeg: number;
  longitudeDeg: number;
}

export class Orbit {
  readonly #random: Random;
  readonly #baseAltitudeM: number;
  readonly #radPerS: number;
  readonly #startRad: number;
  readonly #nodeRad: number;
  readonly #shapeRad: number;
  readonly #slowRad: number;

  /** @param random decides where the satellite begins, and the noise of its instruments. */
  constructor(random: Random) {
    this.#random = random;
    this.#baseAltitudeM = meanAltitudeM + between(random, -250, 250);
    this.#radPerS = Math.sqrt(gravityM3PerS2 / (earthRadiusM + this.#baseAltitudeM) ** 3);
    this.#startRad = between(random, 0, turnRad);
    this.#nodeRad = between(random, 0, turnRad);
    this.#shapeRad = between(random, 0, turnRad);
    this.#slowRad = between(random, 0, turnRad);
  }

  /** How long one turn around the earth takes. */
  get periodS(): number {
    return turnRad / this.#radPerS;
  }

  /** Writes what is measured `seconds` after the start. Each call takes its noise from the random numbers. */
  measure(seconds: number, into: Position): void {
    const alongRad = this.#startRad + this.#radPerS * seconds; // From the equator, northwards.
    const sinAlong = Math.sin(alongRad);
    const altitudeM = this.#altitudeM(alongRad, seconds);
    into.altitudeM = altitudeM + altitudeNoiseM * noise(this.#random);
    into.velocityMPerS = this.#speedMPerS(altitudeM) + velocityNoiseMPerS * noise(this.#random);
    into.latitudeDeg = Math.asin(sinInclination * sinAlong) * degreesPerRad;
    const fromNodeRad = Math.atan2(cosInclination * sinAlong, Math.cos(alongRad));
    const eastRad = this.#nodeRad + fromNodeRad - earthTurnRadPerS * seconds;
    into.longitudeDeg = wrapDeg(eastRad * degreesPerRad);
  }

  #altitudeM(alongRad: number, seconds: number): number {
    const slowRad = this.#slowRad + (turnRad / slowPeriodS) * seconds;
    return (
      this.#baseAltitudeM +
      onceAnOrbitM * Math.sin(alongRad + this.#shapeRad) +
      slowM * Math.sin(slowRad)
    );
  }

  /** The vis-viva equation, with the orbit's mean radius as its semi-major axis. */
  #speedMPerS(altitudeM: number): number {
    const axisM = earthRadiusM + this.#baseAltitudeM;
    return Math.sqrt(gravityM3PerS2 * (2 / (earthRadiusM + altitudeM) - 1 / axisM));
  }
}

/** The same longitude from -180 to 180. */
function wrapDeg(degrees: number): number {
  return degrees - 360 * Math.round(degrees / 360);
}
