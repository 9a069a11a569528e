// What the trials of the comparison come to: ratios of the same round, and tables of medians.
import type { SatelliteType } from "../../src/satellites/satellite.ts";
import { daemonLoad } from "../methods/daemon-load.ts";
import { jsonbSelect } from "../methods/jsonb-select.ts";
import { lineByLine } from "../methods/line-by-line.ts";
import type { Method, Trial } from "../methods/method.ts";
import { binaryCopy, textCopy } from "../methods/raw-copy.ts";
import { goals } from "../report/goals.ts";
import { shownNumber } from "../report/numbers.ts";
import { type Figure, type Limit, medianFigure, type Table } from "../report/result.ts";
import { knownMedian, median } from "../report/statistics.ts";

export interface Case {
  readonly satelliteType: SatelliteType;
  readonly lines: number;
  readonly badShare: number;
}

export interface Compared extends Case {
  /** By the method's name, one for each round. */
  readonly trials: ReadonlyMap<string, readonly Trial[]>;
  /** Of a large package: one of a million lines, in the same rounds. */
  readonly beside?: Compared | undefined;
}

export function caseText({ satelliteType, lines, badShare }: Case): string {
  return `${shownNumber(lines)} ${satelliteType.name}, ${badShare * 100} % bad`;
}

const secondsOf = ({ trials }: Compared, { name }: Method): number[] =>
  (trials.get(name) ?? []).map(({ seconds }) => seconds);

/** Of each round, one method's time by the other one's. */
function ratios(compared: Compared, one: Method, other: Method): number[] {
  const seconds = secondsOf(compared, other);
  return secondsOf(compared, one).map((value, round) => value / (seconds[round] ?? Number.NaN));
}

interface Ratio {
  readonly name: string;
  /** One for each round. */
  readonly samples: readonly number[];
  readonly limit: Limit | undefined;
}

/** The goals are about packages of a million lines, and about others compared with them. */
export const million = 1_000_000;

/** Ratios of the largest package that all methods load, a million lines in a full run, and of others to it. */
export function comparedFigures(all: readonly Compared[]): Figure[] {
  const baseLines = Math.max(...all.filter(hasAllMethods).map(({ lines }) => lines));
  return all.flatMap((one) => {
    const isJudged = baseLines === million || one.lines > million;
    return ratiosOf(one, all, baseLines).map(({ name, samples, limit }) =>
      medianFigure(`${caseText(one)}: ${name}`, "times", samples, limit && { limit, isJudged }),
    );
  });
}

function ratiosOf(one: Compared, all: readonly Compared[], baseLines: number): Ratio[] {
  if (one.beside !== undefined) return ratiosOfLarge(one, one.beside);
  const base = all.find((other) => isGoodLike(one, other) && other.lines === baseLines);
  if (base === undefined || one.lines < baseLines) return [];
  if (one === base) return ratiosOfMethods(one);
  if (one.badShare !== 0.5) return [];
  const samples = perLine(one, base);
  return [{ name: "time per line, by that of good lines", samples, limit: goals.halfBad }];
}

/** A raw COPY of as many rows says what of it is the server's. */
function ratiosOfLarge(one: Compared, beside: Compared): Ratio[] {
  const ratio = (method: Method, limit?: Limit): Ratio => ({
    name: `${method.name}, time per line by that of ${shownNumber(beside.lines)}`,
    samples: secondsOf(one, method).map(
      (seconds, round) =>
        seconds / one.lines / ((secondsOf(beside, method)[round] ?? Number.NaN) / beside.lines),
    ),
    limit,
  });
  return [ratio(daemonLoad, goals.tenMillion), ratio(binaryCopy)];
}

function ratiosOfMethods(one: Compared): Ratio[] {
  const ratio = (method: Method, by: Method, limit: Limit): Ratio => ({
    name: `time of ${method.name} by ${by.name}`,
    samples: ratios(one, method, by),
    limit,
  });
  return [
    ratio(daemonLoad, binaryCopy, goals.againstBinaryCopy),
    ratio(textCopy, daemonLoad, goals.againstTextCopy),
    ratio(jsonbSelect, daemonLoad, goals.againstJsonb),
  ];
}

const hasAllMethods = ({ trials }: Compared): boolean => trials.has(jsonbSelect.name);

/** The same type, without bad lines. */
const isGoodLike = (one: Compared, other: Compared): boolean =>
  other.satelliteType === one.satelliteType && other.badShare === 0;

/** The daemon's time per line in each round, by its median time per line of another case. */
function perLine(one: Compared, other: Compared): number[] {
  const base = median(secondsOf(other, daemonLoad)) / other.lines;
  return secondsOf(one, daemonLoad).map((seconds) => seconds / one.lines / base);
}

const shown = [daemonLoad, binaryCopy, textCopy, jsonbSelect, lineByLine];

export function comparedTables(all: readonly Compared[]): Table[] {
  return [secondsTable(all), cpuTable(all)];
}

function secondsTable(all: readonly Compared[]): Table {
  return {
    title: "Seconds (median), and thousand lines a second of the daemon",
    columns: ["package", ...shown.map(nameOf), "daemon, k lines/s"],
    rows: all.map((one) => [
      caseText(one),
      ...shown.map((method) => shownNumber(knownMedian(secondsOf(one, method)))),
      shownNumber(one.lines / 1_000 / median(secondsOf(one, daemonLoad))),
    ]),
  };
}

const nameOf = ({ name, isExtrapolated }: Method): string =>
  isExtrapolated ? `${name} (extrapolated)` : name;

function cpuTable(all: readonly Compared[]): Table {
  const measured = shown.filter(({ isExtrapolated }) => !isExtrapolated);
  return {
    title: "CPU seconds (median): client + server",
    columns: ["package", ...measured.map(nameOf)],
    rows: all.map((one) => [
      caseText(one),
      ...measured.map(({ name }) => cpuText(one.trials.get(name) ?? [])),
    ]),
  };
}

function cpuText(trials: readonly Trial[]): string {
  if (trials.length === 0) return "–";
  const client = knownMedian(trials.map(({ clientCpuSeconds }) => clientCpuSeconds));
  const server = knownMedian(trials.map(({ serverCpuSeconds }) => serverCpuSeconds));
  return `${shownNumber(client)} + ${shownNumber(server)}`;
}
