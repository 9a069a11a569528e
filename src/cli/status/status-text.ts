// The status of the daemon on one screen: what it is, its parts, the packages in work, the day, what holds it back.
import type { Status } from "../../api/schemas/status.ts";
import { plainText } from "../../parsers/plain-text.ts";
import type { Screen } from "../context.ts";
import { type Fact, factLines, valueWidth } from "../text/facts.ts";
import { ageText, bytesText, countedText, countText, durationText } from "../text/figures.ts";
import { type Brush, type Paint, paintFor } from "../text/paint.ts";
import { column, tableLines } from "../text/text-table.ts";
import { minuteText, secondsSince } from "../text/time-text.ts";
import { stateBrush } from "../tree/state-brush.ts";
import { type Work, workLines } from "./work-lines.ts";

const nameColumns = "database".length;
const longestWords = 500;

export type Totals = NonNullable<Status["today"]>;

export function statusLines(status: Status, url: string, screen: Screen): string[] {
  const paint = paintFor(screen);
  const { version, uptimeSeconds, memoryBytes, ready } = status;
  const state = ready ? paint.good("ready") : paint.bad("not ready");
  const up = `up ${durationText(uptimeSeconds)}`;
  const head = [paint.strong(`downlink ${version}`), state, up, bytesText(memoryBytes), url];
  return [head.join("  "), "", ...layOut(factsOf(status, screen, paint), screen, paint)];
}

/** Names in one column, what is so beside them. */
export function layOut(facts: readonly Fact[], { columns }: Screen, paint: Paint): string[] {
  return factLines(facts, { columns, paintName: paint.faint, nameColumns });
}

function factsOf(status: Status, screen: Screen, paint: Paint): Fact[] {
  const { parts, work, today, throttle, at } = status;
  const nowMs = Date.parse(at);
  const waiting = inboxText(status);
  return [
    { name: "parts", says: partLines(parts, nowMs, paint) },
    workFact(work, screen, paint.faint("none")),
    ...(waiting === undefined ? [] : [{ name: "inbox", says: waiting }]),
    ...(today === null ? [] : [todayFact(today)]),
    { name: "throttle", says: throttleText(throttle) },
    databaseFact(status, paint),
  ];
}

function partLines(parts: Status["parts"], nowMs: number, paint: Paint): string[] {
  const age = (since: string) => `for ${ageText(secondsSince(since, nowMs))}`;
  const restarts = (count: number) => (count === 0 ? "" : countedText(count, "restart"));
  const brushed: Brush = (cell) => stateBrush(cell.trim(), paint)(cell);
  const columns = [
    column("", parts, ({ id }) => id),
    column("", parts, ({ state }) => state, { paint: brushed }),
    column("", parts, ({ since }) => age(since)),
    column("", parts, (part) => restarts(part.restarts), { paint: paint.warning }),
  ];
  return tableLines(columns, Number.POSITIVE_INFINITY).slice(1);
}

/** @param none what stands there if nothing is in work */
export function workFact(work: readonly Work[], screen: Screen, none: string): Fact {
  if (work.length === 0) return { name: "in work", says: [none] };
  const columns = valueWidth(screen.columns, 0, nameColumns);
  return { name: "in work", says: workLines(work, { ...screen, columns }) };
}

function inboxText({ inboxFiles }: Status): string | undefined {
  if (inboxFiles === null || inboxFiles === 0) return undefined;
  return `${countedText(inboxFiles, "file")} not taken up yet`;
}

export function todayFact({ packages, sizeBytes, importedLines, errors, since }: Totals): Fact {
  const counted = Object.entries(packages).filter(([, count]) => count > 0);
  const all = counted.reduce((sum, [, count]) => sum + count, 0);
  const states = counted.map(([status, count]) => `${countText(count)} ${status}`).join(", ");
  const lines = [
    all === 0 ? "no packages" : `${countedText(all, "package")}: ${states}`,
    `${countText(importedLines)} lines imported, ${countText(errors)} rejected, ${bytesText(sizeBytes)}`,
    `since ${minuteText(since)} UTC`,
  ];
  return { name: "today", says: lines };
}

function throttleText({ rowsPerSecond, pauseMs, reason }: Status["throttle"]): string {
  const ceiling =
    rowsPerSecond === null ? "no ceiling" : `${countText(rowsPerSecond)} rows/s at most`;
  const pause = pauseMs === 0 ? "" : `, ${countText(pauseMs)} ms between transactions`;
  return `${ceiling}${pause} (${plainText(reason, longestWords)})`;
}

function databaseFact({ database }: Status, paint: Paint): Fact {
  const { state, url, error } = database;
  const why = error === null ? "" : `: ${plainText(error, longestWords)}`;
  const where = url === null ? "" : `, ${url}`;
  const brush = state === "ready" ? (text: string) => text : paint.bad;
  return { name: "database", says: `${state}${why}${where}`, paint: brush };
}
