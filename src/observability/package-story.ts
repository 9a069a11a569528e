// Puts together what the events say of one package from its claim to its end, for those who need all of it at once:
// its line in the log, and the seconds of its stages as metrics. What was before this process's start it does not know.
import type { DaemonEvent, Events, PackageStep } from "./events.ts";

export type PackageEnded = Extract<DaemonEvent, { kind: "package_ended" }>;

/** Stages of a package in seconds; those that were not seen are left out. */
export type StageSeconds = Readonly<Partial<Record<Stage, number>>>;

/** Beside the steps. load: the run that ended it. commit: the transactions of all runs. total: since the first sight. */
export const stages = ["settle", "claim", "hash", "load", "commit", "total"] as const;
type Stage = (typeof stages)[number];

export interface PackageStory {
  readonly stages: StageSeconds;
  /** Runs that began to load. */
  readonly runs: number;
  readonly batches: number;
  /** Of the lines that these runs rejected. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Lines that the last run has dealt with. */
  readonly lines: number;
}

interface Chapter {
  claimedMs?: number;
  readonly steps: Partial<Record<PackageStep, number>>;
  readonly reasons: Record<string, number>;
  commitSeconds: number;
  runs: number;
  batches: number;
  linesBefore: number;
}

/** Packages that are followed at a time. A claim that becomes no package is never told to have ended. */
const maxPackages = 10_000;

/** @param onEnded told of each package that ended. @returns what ends it */
export function followPackages(
  events: Events,
  onEnded: (ended: PackageEnded, story: PackageStory) => void,
): () => void {
  const chapters = new Map<number, Chapter>();
  return events.subscribe((event) => {
    if (event.kind === "package_ended") {
      const story = storyOf(event, chapters.get(event.fileId));
      chapters.delete(event.fileId);
      onEnded(event, story);
    } else note(chapters, event);
  });
}

function note(chapters: Map<number, Chapter>, event: DaemonEvent): void {
  switch (event.kind) {
    case "package_claimed":
      chapterOf(chapters, event.fileId).claimedMs = performance.now();
      break;
    case "package_step":
      chapterOf(chapters, event.fileId).steps[event.step] = event.seconds;
      break;
    case "package_known": {
      const claim = chapters.get(event.claimId);
      chapters.delete(event.claimId);
      if (claim !== undefined) chapters.set(event.fileId, claim);
      break;
    }
    case "package_started": {
      const chapter = chapterOf(chapters, event.fileId);
      chapter.runs++;
      chapter.linesBefore = event.totalLines;
      break;
    }
    case "batch_committed": {
      const chapter = chapterOf(chapters, event.fileId);
      chapter.batches++;
      chapter.commitSeconds += event.seconds;
      for (const [reason, lines] of Object.entries(event.reasons)) {
        chapter.reasons[reason] = (chapter.reasons[reason] ?? 0) + lines;
      }
      break;
    }
  }
}

function chapterOf(chapters: Map<number, Chapter>, fileId: number): Chapter {
  const known = chapters.get(fileId);
  if (known !== undefined) return known;
  const [oldest] = chapters.keys();
  if (chapters.size >= maxPackages && oldest !== undefined) chapters.delete(oldest);
  const chapter = emptyChapter();
  chapters.set(fileId, chapter);
  return chapter;
}

function emptyChapter(): Chapter {
  return { steps: {}, reasons: {}, commitSeconds: 0, runs: 0, batches: 0, linesBefore: 0 };
}

function storyOf(ended: PackageEnded, chapter: Chapter = emptyChapter()): PackageStory {
  const { claimedMs, steps, reasons, commitSeconds, runs, batches, linesBefore } = chapter;
  const { settle = 0, claim = 0 } = steps;
  const sinceClaim = claimedMs === undefined ? undefined : (performance.now() - claimedMs) / 1_000;
  return {
    stages: {
      ...steps,
      ...(runs > 0 && { load: ended.seconds }),
      ...(batches > 0 && { commit: commitSeconds }),
      ...(sinceClaim !== undefined && { total: settle + claim + sinceClaim }),
    },
    runs,
    batches,
    reasons,
    lines: runs > 0 ? ended.totalLines - linesBefore : 0,
  };
}
