// What the trials of the comparison come to: ratios of the same round, and tables of medians.
import type { SatelliteType } from "../../src/satellites/satellite.ts";
import { daemonLoad } from "../methods/daemon-load.ts";
import { jsonbSelect } from "../methods/jsonb-select.ts";
import { lineByLine } from "../methods/line-by-line.ts";
import type { Method, Trial } from "../methods/method.ts";
import { binaryCopy, textCopy } from "../methods/raw-copy.ts";
import { goals } from "../report/goals.ts";
import { shownNumber } from "../report/numbers.ts";
import { type Figure, judge, type Limit, type Table } from "../report/result.ts";
import { knownMedian, median } from "../report/statistics.ts";

export interface Case {
  readonly satelliteType: SatelliteType;
  readonly lines: number;
  readonly badShare: number;
}

export interface Compared extends Case {
  /** By the method's name, one for each round. */
  readonly trials: ReadonlyMap<string, readonly Trial[]>;
}

export function caseText({ satelliteType, lines, badShare }: Case): string {
  return `${lines.toLocaleString("en-US").replaceAll(",", " ")} ${satelliteType.name}, ${badShare * 100} % bad`;
}

const secondsOf = ({ trials }: Compared, { name }: Method): number[] =>
  (trials.get(name) ?? []).map(({ seconds }) => seconds);

/** Of each round, one method's time by the other one's. */
function ratios(compared: Compared, one: Method, other: Method): number[] {
  const seconds = secondsOf(compared, other);
  return secondsOf(compared, one).map((value, round) => value / (seconds[round] ?? Number.NaN));
}

/** The goals are about the largest package that all methods load; in a full run, a million lines. */
export function comparedFigures(all: readonly Compared[], isJudged: boolean): Figure[] {
  const most = Math.max(
    ...all.filter(({ trials }) => trials.has(textCopy.name)).map(({ lines }) => lines),
  );
  const figures: Figure[] = [];
  for (const one of all.filter(({ lines }) => lines === most)) {
    const figure = (name: string, samples: readonly number[], limit: Limit): void => {
      const value = median(samples);
      const text = `${caseText(one)}: ${name}`;
      figures.push({
        name: text,
        value,
        unit: "times",
        samples,
        goal: judge(value, limit, isJudged),
      });
    };
    if (one.badShare === 0) {
      figure(
        "daemon's time by binary COPY's",
        ratios(one, daemonLoad, binaryCopy),
        goals.againstBinaryCopy,
      );
      figure(
        "text COPY's time by the daemon's",
        ratios(one, textCopy, daemonLoad),
        goals.againstTextCopy,
      );
      figure(
        "jsonb's time by the daemon's",
        ratios(one, jsonbSelect, daemonLoad),
        goals.againstJsonb,
      );
    }
    const clean = all.find((other) => isLike(one, other) && other.lines === most);
    if (one.badShare === 0.5 && clean !== undefined) {
      figure("time per line by that of good lines", perLine(one, clean), goals.halfBad);
    }
  }
  for (const large of all.filter(({ lines }) => lines > most)) {
    const smaller = all.find((other) => isLike(large, other) && other.lines === most);
    if (smaller === undefined) continue;
    const samples = perLine(large, smaller);
    const value = median(samples);
    figures.push({
      name: `${caseText(large)}: time per line by that of ${most} lines`,
      value,
      unit: "times",
      samples,
      goal: judge(value, goals.tenMillion, isJudged),
    });
  }
  return figures;
}

/** The same type, without bad lines. */
const isLike = (one: Compared, other: Compared): boolean =>
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
