// An event in one line, for those that are worth one: ends of packages, and what a person should notice. Progress is
// drawn, and not told.
import type { Event } from "../../api/schemas/events.ts";
import { plainText } from "../../parsers/plain-text.ts";
import type { Screen } from "../context.ts";
import { clip } from "../text/display-width.ts";
import { countedText, countText, durationText, speedText } from "../text/figures.ts";
import { type Brush, type Paint, paintFor } from "../text/paint.ts";

const longestName = 80;
const longestWords = 400;
/** Below that no speed can be told. */
const leastSeconds = 0.1;

interface Told {
  readonly says: string;
  readonly brush: Brush;
}

/** @returns undefined for what is not told */
export function eventLine(event: Event, screen: Screen): string | undefined {
  const paint = paintFor(screen);
  const told = tell(event, paint);
  if (told === undefined) return undefined;
  return noteLine(event.at, told.says, told.brush, screen);
}

/** A line with its time of day, in UTC. On a terminal no wider than that. */
export function noteLine(at: string, says: string, brush: Brush, screen: Screen): string {
  const time = at.slice(11, 19);
  const isTerminal = screen.rows !== undefined;
  const room = isTerminal ? screen.columns - time.length - 2 : Number.POSITIVE_INFINITY;
  return `${paintFor(screen).faint(time)}  ${brush(clip(says, room))}`;
}

function tell(event: Event, paint: Paint): Told | undefined {
  switch (event.kind) {
    case "package_complete":
      return { says: `${packageOf(event)}  ${completeText(event)}`, brush: paint.good };
    case "package_failed": {
      const error = plainText(event.error, longestWords);
      return { says: `${packageOf(event)}  failed: ${error}`, brush: paint.bad };
    }
    case "package_duplicate": {
      const of = event.duplicateOf === null ? "" : ` of package ${event.duplicateOf}`;
      return { says: `${packageOf(event)}  duplicate${of}`, brush: paint.special };
    }
    case "component_restarted": {
      const { component, reason } = event;
      const says = `${component} was restarted: ${plainText(reason, longestWords)}`;
      return { says, brush: paint.warning };
    }
    case "throttle_changed":
      return { says: throttleText(event), brush: paint.special };
    case "database_changed": {
      const brush = event.state === "ready" ? paint.good : paint.bad;
      return { says: `the database is ${event.state}`, brush };
    }
    case "settings_changed":
      return { says: `settings changed: ${event.names.join(", ")}`, brush: paint.special };
    default:
      return undefined;
  }
}

function packageOf({ fileId, name }: { readonly fileId: number; readonly name: string }): string {
  return `package ${fileId}  ${plainText(name, longestName)}`;
}

function completeText(event: Extract<Event, { kind: "package_complete" }>): string {
  const { totalLines, importedLines, errors, seconds } = event;
  const rejected = errors === 0 ? "" : `, ${countText(errors)} rejected`;
  const speed = seconds < leastSeconds ? "" : `, ${speedText(importedLines / seconds)}`;
  return `complete: ${countedText(totalLines, "line")}${rejected}, ${durationText(seconds)}${speed}`;
}

function throttleText(event: Extract<Event, { kind: "throttle_changed" }>): string {
  const { rowsPerSecond, pauseMs, reason } = event;
  const ceiling = rowsPerSecond === null ? "no ceiling" : `${countText(rowsPerSecond)} rows/s`;
  const pause = pauseMs === 0 ? "" : `, pause ${countText(pauseMs)} ms`;
  return `throttle: ${ceiling}${pause} (${plainText(reason, longestWords)})`;
}
