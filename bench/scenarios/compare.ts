// The daemon against other ways to bring the same lines into the same table, in one run: the methods take turns, each
// round begins with another one, and each trial with empty tables and a checkpoint. The ratios are of trials of the same
// round, which the same neighbours on the machine have disturbed.
import { rm } from "node:fs/promises";
import { satelliteTypes } from "../../src/satellites/index.ts";
import { daemonLoad } from "../methods/daemon-load.ts";
import { jsonbSelect } from "../methods/jsonb-select.ts";
import { lineByLine } from "../methods/line-by-line.ts";
import { type Load, type Method, type Trial, tryMethod } from "../methods/method.ts";
import { prepareRows } from "../methods/prepared-rows.ts";
import { binaryCopy, textCopy } from "../methods/raw-copy.ts";
import { shownNumber } from "../report/numbers.ts";
import type { Stage, StartedDaemon } from "../stage/stage.ts";
import {
  type Case,
  type Compared,
  caseText,
  comparedFigures,
  comparedTables,
  million,
} from "./compared.ts";
import type { Plan, Scenario } from "./scenario.ts";

const methods = [daemonLoad, binaryCopy, textCopy, jsonbSelect, lineByLine];
/** The others take minutes, and say nothing new. */
const methodsForLarge = [daemonLoad, binaryCopy];

const measured = `From the rename that drops a package to the daemon's log line that it is complete, with
DOWNLINK_SETTLE_MS=0 (waiting is no work) and otherwise default settings, in a daemon that has loaded before. The other
methods: from the first statement to the answer to the last one, on a connection that is there. All bring the same rows
into the same table with the same indexes, in a server with fsync. Before each trial: TRUNCATE, CHECKPOINT. The methods
take turns. CPU seconds are those of the daemon, or of the program in its place, and of all the server's processes.`;

export const compare: Scenario = {
  name: "compare",
  summary: "the daemon against COPY, INSERT SELECT and INSERT: sizes, types, bad lines",
  async run(stage, plan) {
    const found: Compared[] = [];
    await stage.withDaemon({ env: { DOWNLINK_SETTLE_MS: "0" } }, async (started) => {
      for (const one of casesOf(plan)) found.push(await measure(stage, started, one, plan));
    });
    return {
      scenario: "compare",
      title: "Dropped file to complete, against other ways",
      measured,
      figures: comparedFigures(found),
      tables: comparedTables(found),
      details: found.map(details),
    };
  },
};

interface Details extends Omit<Case, "satelliteType"> {
  readonly satellite: string;
  readonly trials: Readonly<Record<string, readonly Trial[]>>;
  readonly beside: Details | undefined;
}

function details({ satelliteType, lines, badShare, trials, beside }: Compared): Details {
  return {
    satellite: satelliteType.name,
    lines,
    badShare,
    trials: Object.fromEntries(trials),
    beside: beside && details(beside),
  };
}

function casesOf({ isSmoke, isLarge, ...plan }: Plan): Case[] {
  const usual = isSmoke ? [1_000] : [10_000, million, ...(isLarge ? [10 * million] : [])];
  const types = [...satelliteTypes.values()].slice(0, isSmoke ? 1 : satelliteTypes.size);
  const cases: Case[] = [];
  for (const lines of plan.lines ?? usual) {
    for (const satelliteType of types) {
      for (const badShare of lines > million ? [0] : [0, 0.01, 0.5]) {
        cases.push({ satelliteType, lines, badShare });
      }
    }
  }
  return cases;
}

/** A large package takes turns with one of a million lines, by whose time per line its own is judged. */
async function measure(
  stage: Stage,
  started: StartedDaemon,
  one: Case,
  { rounds, tell }: Plan,
): Promise<Compared> {
  const taking = methodsFor(one);
  const itself = await prepare(stage, started, one, taking);
  const beside =
    one.lines > million
      ? await prepare(stage, started, { ...one, lines: million }, taking)
      : undefined;
  const loaded = beside === undefined ? [itself] : [itself, beside];
  for (let round = 0; round < rounds; round++) {
    for (const { load, trials, ...each } of loaded) {
      for (const method of rotated(taking, round)) {
        const trial = await tryMethod(method, stage, load, started);
        trials.get(method.name)?.push(trial);
        tell(`${caseText(each)}, ${method.name}: ${shownNumber(trial.seconds)} s`);
      }
    }
  }
  for (const { load } of loaded) {
    for (const path of [load.original, ...Object.values(load.prepared)]) await rm(path);
  }
  return { ...one, trials: itself.trials, beside };
}

interface Loaded extends Case {
  readonly load: Load;
  /** By the method's name. */
  readonly trials: Map<string, Trial[]>;
}

function methodsFor({ lines, badShare }: Case): Method[] {
  const taking = lines > million ? methodsForLarge : methods;
  return taking.filter(({ onlyGoodLines }) => badShare === 0 || !onlyGoodLines);
}

/** Each round begins with another method: no method always comes behind the same one. */
const rotated = (all: readonly Method[], by: number): Method[] =>
  all.map((method, at) => all[(at + by) % all.length] ?? method);

/** Has the daemon load the package, which warms it up, and takes the rows that it has made. */
async function prepare(
  stage: Stage,
  started: StartedDaemon,
  one: Case,
  taking: readonly Method[],
): Promise<Loaded> {
  const { satelliteType, lines, badShare } = one;
  const shape = { satellite: satelliteType.name, lines, badShare, seed: 1 };
  const original = await stage.packages.original(shape);
  const warmUp = { satelliteType, lines, original, prepared: { binary: "", text: "" } };
  await tryMethod(daemonLoad, stage, { ...warmUp, rows: undefined }, started);
  const rows = await stage.server.countRows();
  const prepared = await prepareRows(stage, `prepared-${lines}`);
  const trials = new Map<string, Trial[]>(taking.map(({ name }) => [name, []]));
  return { ...one, load: { ...warmUp, rows, prepared }, trials };
}
