// What instruments said over time, as stretches of one value each, from the changes that the server tells.
import type { InstrumentChange } from "../../../src/api/schemas/telemetry.ts";
import { epochSeconds } from "../format/time.ts";

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly value: string;
}

export interface InstrumentStates {
  readonly instrument: string;
  readonly stretches: readonly Stretch[];
}

/** @param until seconds since 1970: how far the last value of each instrument goes */
export function statesOf(changes: readonly InstrumentChange[], until: number): InstrumentStates[] {
  const timed = changes.map((change) => ({ ...change, seconds: epochSeconds(change.timestamp) }));
  timed.sort((a, b) => a.seconds - b.seconds);
  const byInstrument = new Map<string, { from: number; to: number; value: string }[]>();
  for (const { instrument, value, seconds } of timed) {
    const stretches = byInstrument.get(instrument) ?? [];
    byInstrument.set(instrument, stretches);
    const last = stretches.at(-1);
    if (last !== undefined) last.to = seconds;
    if (last?.value !== value) stretches.push({ from: seconds, to: until, value });
    else last.to = until;
  }
  return [...byInstrument]
    .map(([instrument, stretches]) => ({ instrument, stretches }))
    .sort((a, b) => a.instrument.localeCompare(b.instrument));
}

/** What it said at that moment. */
export function stateAt({ stretches }: InstrumentStates, seconds: number): string | undefined {
  return stretches.findLast(({ from }) => from <= seconds)?.value;
}

/** All that was said, the most usual words first. */
export function valuesOf(states: readonly InstrumentStates[]): string[] {
  const values = new Set(states.flatMap(({ stretches }) => stretches.map(({ value }) => value)));
  return [...values].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** Colours mean something where the words do; any other word gets one of those that mean nothing. */
const meanings: readonly { readonly words: readonly string[]; readonly colour: `--${string}` }[] = [
  { words: ["ok", "on", "nominal", "good"], colour: "--state-ok" },
  { words: ["disabled", "off", "standby", ""], colour: "--state-off" },
  { words: ["degraded", "warning"], colour: "--warn" },
  { words: ["faulty", "fault", "error", "failed", "bad"], colour: "--bad" },
];

const others = ["--series-3", "--series-1", "--series-2"] as const;

export function colourOfValue(value: string, all: readonly string[]): `--${string}` {
  const known = meanings[rank(value)];
  if (known !== undefined) return known.colour;
  const unknown = all.filter((one) => meanings[rank(one)] === undefined);
  return others[Math.max(0, unknown.indexOf(value)) % others.length] ?? "--series-3";
}

function rank(value: string): number {
  const word = value.toLowerCase();
  const at = meanings.findIndex(({ words }) => words.includes(word));
  return at < 0 ? meanings.length : at;
}
