// The whole story of a package for people: what it is, what became of its lines, and when.
import type { findPlace } from "../../api/place.ts";
import { plainText } from "../../parsers/plain-text.ts";
import type { FileStory } from "../../queries/file-story.ts";
import type { Screen } from "../context.ts";
import { statusBrush } from "../files/file-table.ts";
import { countLines } from "../text/count-lines.ts";
import { clip } from "../text/display-width.ts";
import { type Fact, factLines, valueWidth } from "../text/facts.ts";
import {
  agoText,
  bytesText,
  countedText,
  countText,
  durationText,
  percentText,
  speedText,
} from "../text/figures.ts";
import { paintFor } from "../text/paint.ts";
import { exactText, secondsSince, secondText } from "../text/time-text.ts";

const indent = 2;
const nameColumns = "data time".length;
const longestWords = 2_000;

/** Where the file lies now; null where it is not seen. */
export type Place = Awaited<ReturnType<typeof findPlace>>;

export interface StoryOptions extends Screen {
  readonly nowMs: number;
  readonly place: Place;
}

export function storyLines(story: FileStory, options: StoryOptions): string[] {
  const paint = paintFor(options);
  const { id, name, status } = story;
  const title = paint.strong(`Package ${id}  ${plainText(name, longestWords)}`);
  const layout = { columns: options.columns, paintName: paint.faint, indent, nameColumns };
  const state = { name: "status", says: statusText(story), paint: statusBrush(status, paint) };
  const facts = [state, ...factsOf(story, options)];
  return [title, ...factLines(facts, layout)];
}

function statusText({
  status,
  error,
  duplicateOf,
  sizeBytes,
  checkpointOffset,
}: FileStory): string {
  switch (status) {
    case "failed":
      return `failed: ${plainText(error ?? "", longestWords)}`;
    case "duplicate":
      return `duplicate: package ${duplicateOf ?? "?"} has the same bytes`;
    case "processing":
      return `processing: ${percentText(sizeBytes === 0 ? 0 : checkpointOffset / sizeBytes)} loaded`;
    case "complete":
      return "complete";
  }
}

function factsOf(story: FileStory, options: StoryOptions): Fact[] {
  const facts: Fact[] = [];
  const add = (name: string, says: Fact["says"] | undefined): void => {
    if (says !== undefined) facts.push({ name, says });
  };
  add("satellite", story.satelliteType ?? undefined);
  add("header", headerText(story, options));
  add("size", bytesText(story.sizeBytes));
  add("sha256", story.sha256 ?? undefined);
  add("lines", linesText(story));
  add("rejected", rejectedLines(story));
  add("data time", dataTimeText(story));
  add("steps", steps(story, options.nowMs));
  add("speed", speedOf(story));
  add("runs", runsText(story));
  add("file", placeText(story, options.place));
  add("copies", duplicatesText(story));
  return facts;
}

function headerText({ header }: FileStory, { columns }: StoryOptions): string[] | undefined {
  if (header === null || header === undefined) return undefined;
  const text = plainText(JSON.stringify(header), longestWords);
  return [clip(text, valueWidth(columns, indent, nameColumns))];
}

function linesText({ totalLines, importedLines, errors }: FileStory): string {
  return `${countText(totalLines)}: ${countText(importedLines)} imported, ${countText(errors)} rejected`;
}

function rejectedLines({ id, rejectsByReason, errors }: FileStory): string[] | undefined {
  if (errors === 0) return undefined;
  const stored = rejectsByReason.reduce((sum, { count }) => sum + count, 0);
  const rest = errors > stored ? [{ reason: "more, not stored", count: errors - stored }] : [];
  const lines = countLines([...rejectsByReason, ...rest]);
  return [`${lines[0]}   (npx downlink rejects ${id})`, ...lines.slice(1)];
}

function dataTimeText({ firstTimestamp, lastTimestamp }: FileStory): string | undefined {
  if (firstTimestamp === null || lastTimestamp === null) return undefined;
  return `${exactText(firstTimestamp)} to ${exactText(lastTimestamp)} UTC`;
}

/** What the ledger has times of, in the order in which it happened. */
function steps(story: FileStory, nowMs: number): string[] {
  const { insertedAt, startedAt, completedAt, updatedAt, status, checkpointLine } = story;
  const step = (at: string, what: string): string => {
    return `${secondText(at)} UTC  ${what} (${agoText(secondsSince(at, nowMs))})`;
  };
  const lines = [step(insertedAt, "claimed")];
  if (startedAt !== null) lines.push(step(startedAt, "loading began"));
  if (completedAt !== null) lines.push(step(completedAt, `complete${tookText(story)}`));
  else if (status === "failed") lines.push(step(updatedAt, "failed"));
  else if (status === "processing" && checkpointLine > 1) {
    lines.push(step(updatedAt, `at line ${checkpointLine}`));
  }
  return lines;
}

function tookText(story: FileStory): string {
  const seconds = secondsTaken(story);
  return seconds === undefined ? "" : ` after ${durationText(seconds)}`;
}

function secondsTaken({ startedAt, completedAt }: FileStory): number | undefined {
  if (startedAt === null || completedAt === null) return undefined;
  return (Date.parse(completedAt) - Date.parse(startedAt)) / 1_000;
}

/** Of less than a tenth of a second no speed can be told. */
const leastSeconds = 0.1;

function speedOf(story: FileStory): string | undefined {
  const seconds = secondsTaken(story);
  if (seconds === undefined || seconds < leastSeconds || story.totalLines === 0) return undefined;
  const { importedLines, sizeBytes } = story;
  return `${speedText(importedLines / seconds)}, ${bytesText(sizeBytes / seconds)}/s`;
}

function runsText({ ownerEpoch, attempts, owner, checkpointLine }: FileStory): string {
  const runs = ownerEpoch === 0 ? "none" : countText(ownerEpoch);
  const tries =
    attempts > 1 ? `, ${countText(attempts)} without progress beyond line ${checkpointLine}` : "";
  const by = owner === null ? "" : `, now by ${plainText(owner, longestWords)}`;
  return `${runs}${tries}${by}`;
}

function placeText({ status }: FileStory, place: Place): string {
  if (place !== null) return plainText(place.path, longestWords);
  switch (status) {
    case "complete":
    case "duplicate":
      return "deleted, as it is in the database";
    case "failed":
      return "not in failed/: somebody has taken it away";
    case "processing":
      return "not in the folders seen from here";
  }
}

function duplicatesText({ duplicates }: FileStory): string | undefined {
  if (duplicates.length === 0) return undefined;
  const came = `the same bytes came ${countedText(duplicates.length, "more time")}`;
  return `${came}: ${duplicates.length === 1 ? "package" : "packages"} ${duplicates.join(", ")}`;
}
