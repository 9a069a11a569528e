// How much memory the daemon takes while it loads packages of different sizes: the most, and whether it grows.
import { loadSpooled } from "../methods/daemon-load.ts";
import { goals } from "../report/goals.ts";
import { shownNumber } from "../report/numbers.ts";
import { type Figure, medianFigure, type Result, type Table } from "../report/result.ts";
import { median } from "../report/statistics.ts";
import type { Packages } from "../stage/packages.ts";
import type { Stage } from "../stage/stage.ts";
import type { Plan, Scenario } from "./scenario.ts";

const sampleMs = 100;
const shownSamples = 9;
/** Of a quarter: fewer say nothing. */
const fewestSamples = 3;

const measured = `A daemon of its own for each package, default settings. Resident memory as the kernel counts it
(/proc/<pid>/status), every ${sampleMs} ms from the drop to complete; the most is the kernel's own high-water mark since the
process began. Flat: the median of the last quarter of the load, by that of the second quarter.`;

interface Cargo {
  readonly name: string;
  /** @returns the path of the package, ready to be dropped */
  readonly spool: (packages: Packages) => Promise<string>;
}

const shape = { satellite: "jackal_mk1", badShare: 0, seed: 3 };
const simulated = (lines: number, badShare = 0): Cargo => ({
  name: `${shownNumber(lines)} lines${badShare === 0 ? "" : ", half of them bad"}`,
  spool: (packages) => packages.spoolNew({ ...shape, lines, badShare }),
});
const tenMillion: Cargo = {
  name: "10 million lines",
  spool: (packages) => packages.spoolRepeated({ ...shape, lines: 1_000_000 }, 10),
};
const longLines = (lines: number, lineBytes: number): Cargo => ({
  name: `${lines} lines of ${lineBytes / 2 ** 10} KiB`,
  spool: (packages) => packages.spoolLongLines(lines, lineBytes),
});

interface Loaded {
  readonly name: string;
  readonly peakMib: number | undefined;
  readonly samplesMib: readonly number[];
}

export const memory: Scenario = {
  name: "memory",
  summary: "resident memory of the daemon while it loads small, large and odd packages",
  async run(stage, plan): Promise<Result> {
    const loaded: Loaded[] = [];
    for (const cargo of cargoesOf(plan)) loaded.push(await load(stage, cargo, plan));
    return {
      scenario: "memory",
      title: "Resident memory of the daemon",
      measured,
      figures: loaded.flatMap((one) => figuresOf(one, plan)),
      tables: [samplesTable(loaded)],
      details: loaded,
    };
  },
};

function cargoesOf({ isSmoke, isLarge }: Plan): Cargo[] {
  if (isSmoke) return [simulated(3_000)];
  return [
    simulated(100_000),
    simulated(2_000_000),
    simulated(2_000_000, 0.5),
    longLines(500, 2 ** 19),
    ...(isLarge ? [tenMillion] : []),
  ];
}

function figuresOf({ name, peakMib, samplesMib }: Loaded, { isSmoke }: Plan): Figure[] {
  const goal = { limit: goals.residentMib, isJudged: !isSmoke };
  const peak = medianFigure(`resident memory, ${name}: the most`, "MiB", [peakMib], goal);
  const quarter = Math.floor(samplesMib.length / 4);
  if (quarter < fewestSamples) return [peak];
  const early = median(samplesMib.slice(quarter, 2 * quarter));
  const late = median(samplesMib.slice(-quarter));
  return [peak, medianFigure(`resident memory, ${name}: late by early`, "times", [late / early])];
}

function samplesTable(loaded: readonly Loaded[]): Table {
  const shares = Array.from({ length: shownSamples }, (_, at) => at / (shownSamples - 1));
  return {
    title: "MiB in the course of the load",
    columns: ["package", ...shares.map((share) => `${Math.round(share * 100)} %`)],
    rows: loaded.map(({ name, samplesMib }) => [
      name,
      ...shares.map((share) =>
        shownNumber(samplesMib[Math.floor(share * (samplesMib.length - 1))]),
      ),
    ]),
  };
}

async function load(stage: Stage, { name, spool }: Cargo, { tell }: Plan): Promise<Loaded> {
  const spooled = await spool(stage.packages);
  return stage.withDaemon({}, async (started) => {
    const samplesMib: number[] = [];
    const timer = setInterval(() => {
      void started.daemon.residentMemory().then((found) => found && samplesMib.push(found.nowMib));
    }, sampleMs);
    const seconds = await loadSpooled(started, spooled).finally(() => clearInterval(timer));
    const peakMib = (await started.daemon.residentMemory())?.peakMib;
    tell(`${name}: ${seconds.toFixed(1)} s, at most ${shownNumber(peakMib)} MiB`);
    return { name, peakMib, samplesMib };
  });
}
