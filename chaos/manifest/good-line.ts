// A line that must be imported, and the values that must be found. Written by hand and not by JSON.stringify, which
// turns -0 into 0.
import type { Random } from "../random.ts";
import { edges, timeText } from "./edge-values.ts";
import type { Values } from "./expectation.ts";

export const satelliteTypes = ["jackal_mk1", "jackal_mk2"] as const;
export type SatelliteName = (typeof satelliteTypes)[number];

interface Keys {
  readonly timestamp: string;
  readonly velocity: string;
  readonly altitude: string;
  readonly latitude: string;
  readonly longitude: string;
  readonly instruments: readonly string[];
}

/** The keys of a line: what the contract says of each type. */
export const keysOf: Readonly<Record<SatelliteName, Keys>> = {
  jackal_mk1: {
    timestamp: "timestamp",
    velocity: "velocity",
    altitude: "altitude",
    latitude: "latitude",
    longitude: "longitude",
    instruments: ["instrument1", "instrument2"],
  },
  jackal_mk2: {
    timestamp: "ts",
    velocity: "vel",
    altitude: "alt",
    latitude: "lat",
    longitude: "long",
    instruments: ["instrument1", "instrument3", "instrument4"],
  },
};

/** Members of a line in order: key and JSON text. */
export type Members = readonly (readonly [string, string])[];

const sampleUs = 1_703_583_267_602_982n;
const states = ["ok", "ok", "faulty", "disabled", ""] as const;

/** @param edgeShare how many of the values lie at an edge, 0 to 1. */
export function someValues(
  type: SatelliteName,
  line: number,
  edgeShare: number,
  random: Random,
): Values {
  const edge = (): boolean => edgeShare > 0 && random.isLikely(edgeShare);
  const timestampUs = edge()
    ? edges.timeUs(random)
    : sampleUs + BigInt(line) * 1_000_003n + BigInt(random.below(1_000_000));
  const instruments: Record<string, string> = {};
  for (const name of keysOf[type].instruments) {
    instruments[name] = edge() ? edges.text(random) : random.pick(states);
  }
  return {
    timestampUs,
    velocity: edge() ? edges.double(random) : 8_000 + random.next() * 100,
    altitude: edge() ? edges.double(random) : 300_000 + random.next() * 1_000,
    latitude: edge() ? edges.latitude(random) : random.next() * 180 - 90,
    longitude: edge() ? edges.longitude(random) : random.next() * 360 - 180,
    instruments,
  };
}

export function membersOf(type: SatelliteName, values: Values, random: Random): Members {
  const keys = keysOf[type];
  return [
    [keys.timestamp, JSON.stringify(timeText(values.timestampUs, random))],
    [keys.velocity, numberText(values.velocity)],
    [keys.altitude, numberText(values.altitude)],
    [keys.latitude, numberText(values.latitude)],
    [keys.longitude, numberText(values.longitude)],
    ...keys.instruments.map(
      (name) => [name, stringText(values.instruments[name] ?? "", random)] as const,
    ),
  ];
}

/** The members as a line; now and then with what must make no difference: order, further keys, white space. */
export function lineText(members: Members, random: Random): string {
  if (!random.isLikely(0.05))
    return `{${members.map(([key, text]) => `"${key}":${text}`).join(",")}}`;
  const [first] = members;
  const repeated = first === undefined ? [] : ([[first[0], "17"]] as const); // The last one of a key counts.
  const shuffled = [...members].reverse();
  const all = [...repeated, ["mode", '{"deep":[1,2]}'] as const, ...shuffled];
  return ` {${all.map(([key, text]) => `"${key}" : ${text}`).join(" ,\t")}}  `;
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : JSON.stringify(value);
}

function stringText(text: string, random: Random): string {
  if (!random.isLikely(0.02)) return JSON.stringify(text);
  const escaped = Array.from({ length: text.length }, (_, at) => {
    return `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`;
  });
  return `"${escaped.join("")}"`;
}
