// The log of packages: one line for each at its end, with all that there is to say of it, and none for its lines. A
// duplicate or a refused package has one too.
import type { Events } from "./events.ts";
import type { Log } from "./log.ts";
import {
  followPackages,
  type PackageEnded,
  type PackageStory,
  type StageSeconds,
} from "./package-story.ts";

/** Writes a line for each package that ends. @returns what ends that */
export function logPackages(events: Events, log: Log): () => void {
  return followPackages(events, (ended, story) => {
    const fields = fieldsOf(ended, story);
    switch (ended.outcome) {
      case "complete":
        log.info(fields, "package complete");
        break;
      case "duplicate":
        log.info(fields, "package is a duplicate, nothing was imported");
        break;
      case "failed":
        // Without its file nobody can send it again.
        log[ended.keptAt === undefined ? "error" : "warn"](fields, "package failed");
        break;
    }
  });
}

function fieldsOf(ended: PackageEnded, story: PackageStory): Record<string, unknown> {
  const { kind: _, at: __, outcome: ___, seconds: load, ...figures } = ended;
  const { runs, batches, lines, reasons } = story;
  const isWhole = sum(reasons) === ended.errors; // Runs before this process's start rejected lines too.
  return {
    ...figures,
    ...(ended.errors > 0 && isWhole && { reasons }),
    ...(runs > 0 && { attempts: runs, batches, rowsPerSecond: rate(lines, load) }),
    seconds: rounded(load),
    stages: roundedOf(story.stages),
  };
}

function rate(lines: number, seconds: number): number {
  return seconds > 0 ? Math.round(lines / seconds) : 0;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** To the millisecond. */
const rounded = (seconds: number): number => Math.round(seconds * 1_000) / 1_000;

function roundedOf(stages: StageSeconds): Record<string, number> {
  return Object.fromEntries(
    Object.entries(stages).map(([stage, seconds]) => [stage, rounded(seconds)]),
  );
}
