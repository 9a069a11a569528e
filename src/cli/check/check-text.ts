// What the command `check` says of a package, for people. Names and details come from outside: shown escaped.
import { plainText } from "../../parsers/plain-text.ts";
import type { Screen } from "../context.ts";
import { countLines } from "../text/count-lines.ts";
import { type Fact, factLines, valueWidth } from "../text/facts.ts";
import { bytesText, countedText, countText } from "../text/figures.ts";
import { type Brush, paintFor } from "../text/paint.ts";
import { column, tableLines } from "../text/text-table.ts";
import { rangeText } from "../text/time-text.ts";
import type { CheckedPackage, NoPackage } from "./check-package.ts";
import type { KnownBytes, KnownPackage } from "./known-bytes.ts";

const indent = 2;
const nameColumns = "satellite".length;
const longestWords = 500;

export interface CheckNotes {
  readonly knownBytes: KnownBytes;
  readonly maxRejectsStored: number;
}

/** The lines about one path, the path first. */
export function checkLines(
  checked: CheckedPackage | NoPackage,
  notes: CheckNotes,
  screen: Screen,
): string[] {
  const paint = paintFor(screen);
  const facts =
    "problem" in checked
      ? [{ name: "result", says: plainText(checked.problem, longestWords), paint: paint.bad }]
      : packageFacts(checked, notes, screen);
  const path = paint.strong(plainText(checked.path, longestWords * 8));
  const { columns } = screen;
  return [path, ...factLines(facts, { columns, paintName: paint.faint, indent, nameColumns })];
}

function packageFacts(checked: CheckedPackage, notes: CheckNotes, screen: Screen): Fact[] {
  const facts: Fact[] = [resultFact(checked, screen)];
  if (checked.satelliteType !== null)
    facts.push({ name: "satellite", says: checked.satelliteType });
  const { firstTimestamp, lastTimestamp } = checked;
  if (firstTimestamp !== null && lastTimestamp !== null) {
    facts.push({ name: "data time", says: `${rangeText(firstTimestamp, lastTimestamp)} UTC` });
  }
  facts.push({ name: "size", says: bytesText(checked.sizeBytes) });
  facts.push({ name: "bytes", says: bytesFact(checked, notes.knownBytes) });
  if (checked.errors > 0) facts.push(...rejectFacts(checked, screen));
  const note = archiveNote(checked, notes.maxRejectsStored);
  return note === undefined ? facts : [...facts, { name: "note", says: note }];
}

function resultFact(checked: CheckedPackage, screen: Screen): Fact {
  const paint = paintFor(screen);
  const fact = (says: string, brush: Brush): Fact => ({ name: "result", says, paint: brush });
  const { refused, totalLines, importedLines, errors } = checked;
  if (refused !== null) return fact(`refused: ${plainText(refused, longestWords)}`, paint.bad);
  if (errors === 0) return fact(`all ${countedText(totalLines, "line")} good`, paint.good);
  const counts = `${countText(importedLines)} of ${countedText(totalLines, "line")} good`;
  return fact(`${counts}, ${countText(errors)} rejected`, paint.warning);
}

function bytesFact({ sha256 }: CheckedPackage, knownBytes: KnownBytes): string {
  if (sha256 === null) return "not hashed: larger than 1 GiB and refused";
  if (knownBytes.kind === "not_asked") {
    return `not looked up, the database was not reached: ${knownBytes.why}`;
  }
  const known = knownBytes.known.get(sha256);
  return known === undefined ? "new to the database" : knownText(known);
}

function knownText({ id, name, status, error }: KnownPackage): string {
  const which = `package ${id}, ${plainText(name, longestWords)}`;
  switch (status) {
    case "complete":
      return `known: those of ${which}, which is complete: this one would be a duplicate`;
    case "processing":
      return `known: those of ${which}, which is being loaded: this one would wait for its end`;
    default:
      return `known: those of ${which}, which has failed (${plainText(error ?? "", longestWords)}): it would be taken up again`;
  }
}

function rejectFacts({ reasons, rejects, errors }: CheckedPackage, screen: Screen): Fact[] {
  const facts: Fact[] = [{ name: "reasons", says: countLines(reasons) }];
  if (rejects.length === 0) return facts;
  const right = { align: "right" } as const;
  const columns = [
    column("line", rejects, ({ line }) => String(line), right),
    column("byte", rejects, ({ byteOffset }) => String(byteOffset), right),
    column("reason", rejects, ({ reason }) => reason),
    column("detail", rejects, ({ detail }) => plainText(detail, longestWords), { leastColumns: 8 }),
  ];
  const lines = tableLines(columns, valueWidth(screen.columns, indent, nameColumns));
  const rest = errors - rejects.length;
  const more = rest === 0 ? [] : [`and ${countText(rest)} more`];
  return [...facts, { name: "rejected", says: [...lines, ...more] }];
}

/** Rejected lines that the database would not hold whole keep their file from being deleted. */
function archiveNote({ errors, reasons }: CheckedPackage, most: number): string | undefined {
  const why: string[] = [];
  if (errors > most) why.push(`only the first ${countText(most)} rejected lines would be stored`);
  if (reasons.some(({ reason }) => reason === "line_too_long")) {
    why.push("a line that is too long would be stored by its beginning");
  }
  if (why.length === 0) return undefined;
  return `${why.join(", and ")}: the file would be kept in archive/`;
}
