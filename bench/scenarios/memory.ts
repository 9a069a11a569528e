// How much memory the daemon takes while it loads packages of different sizes: the most, and whether it grows.
import { loadSpooled } from "../methods/daemon-load.ts";
import { goals } from "../report/goals.ts";
import { shownNumber } from "../report/numbers.ts";
import { type Figure, judge, type Result, type Table } from "../report/result.ts";
import { median } from "../report/statistics.ts";
import type { Stage } from "../stage/stage.ts";
import type { Plan, Scenario } from "./scenario.ts";

const sampleMs = 100;
const shownSamples = 9;

const measured = `A daemon of its own for each package, default settings. Resident memory as the kernel counts it
(/proc/<pid>/status), every ${sampleMs} ms from the drop to complete; the most is the kernel's own high-water mark since the
process began. Flat: the median of the last quarter of the load, by that of the second quarter.`;

interface Loaded {
  readonly lines: number;
  readonly peakMib: number | undefined;
  readonly samplesMib: readonly number[];
}

export const memory: Scenario = {
  name: "memory",
  summary: "resident memory of the daemon while it loads small and large packages",
  async run(stage, plan): Promise<Result> {
    const sizes = plan.isSmoke
      ? [3_000]
      : [100_000, 2_000_000, ...(plan.isLarge ? [10_000_000] : [])];
    const loaded: Loaded[] = [];
    for (const lines of sizes) loaded.push(await load(stage, lines, plan));
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

function figuresOf({ lines, peakMib, samplesMib }: Loaded, { isSmoke }: Plan): Figure[] {
  const quarter = Math.floor(samplesMib.length / 4);
  const early = median(samplesMib.slice(quarter, 2 * quarter));
  const late = median(samplesMib.slice(-quarter));
  return [
    {
      name: `resident memory, ${shownNumber(lines)} lines: the most`,
      value: peakMib,
      unit: "MiB",
      goal: judge(peakMib, goals.residentMib, !isSmoke),
    },
    ...(quarter < 3
      ? []
      : [
          {
            name: `resident memory, ${shownNumber(lines)} lines: late by early`,
            value: late / early,
            unit: "times",
          },
        ]),
  ];
}

function samplesTable(loaded: readonly Loaded[]): Table {
  const shares = Array.from({ length: shownSamples }, (_, at) => at / (shownSamples - 1));
  return {
    title: "MiB in the course of the load",
    columns: ["lines", ...shares.map((share) => `${Math.round(share * 100)} %`)],
    rows: loaded.map(({ lines, samplesMib }) => [
      shownNumber(lines),
      ...shares.map((share) =>
        shownNumber(samplesMib[Math.floor(share * (samplesMib.length - 1))]),
      ),
    ]),
  };
}

async function load(stage: Stage, lines: number, { tell }: Plan): Promise<Loaded> {
  const shape = { satellite: "jackal_mk1", badShare: 0, seed: 3 };
  const spooled =
    lines <= 2_000_000
      ? await stage.packages.spoolNew({ ...shape, lines })
      : await stage.packages.spoolRepeated({ ...shape, lines: 1_000_000 }, lines / 1_000_000);
  return stage.withDaemon({}, async (started) => {
    const samplesMib: number[] = [];
    const timer = setInterval(() => {
      void started.daemon.residentMemory().then((found) => found && samplesMib.push(found.nowMib));
    }, sampleMs);
    const seconds = await loadSpooled(started, spooled).finally(() => clearInterval(timer));
    const peakMib = (await started.daemon.residentMemory())?.peakMib;
    tell(`${lines} lines: ${seconds.toFixed(1)} s, at most ${shownNumber(peakMib)} MiB`);
    return { lines, peakMib, samplesMib };
  });
}
