// The daemon's log: one JSON object a line on stdout. Errors are reduced to what a person needs: a database driver's
// error may carry rows of a package or the parameters of a statement, and those are not for the log.
import { type DestinationStream, type Logger, pino } from "pino";

export type Log = Logger;

const longestText = 500;
const longestFrames = 7;

/** What the log says of an error: class, code, message, and the same of its causes. */
function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error).slice(0, longestText) };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const cause =
    error.cause === undefined || depth >= 4 ? undefined : describeError(error.cause, depth + 1);
  // A query error's own message ends in the statement and its parameters; its cause says what went wrong.
  const message = error.message.startsWith("Failed query:") ? "query failed" : error.message;
  return {
    type: error.name,
    code,
    message: message.slice(0, longestText),
    stack: code === undefined ? framesOf(error) : undefined,
    cause,
  };
}

/** Where an error was thrown, without what it says: a message of several lines may go on with parameters. */
function framesOf({ message, stack = "" }: Error): string {
  const begin = stack.indexOf(message);
  const behind = begin === -1 ? stack : stack.slice(begin + message.length);
  const frames = behind.split("\n").filter((line) => line.startsWith("    at "));
  return frames.slice(0, longestFrames).join("\n");
}

/** Text kept while it cannot be written; beyond it lines are lost. */
const maxUnwrittenBytes = 2 ** 20;

/**
 * Standard output. What it refuses (a full disk, a reader that is gone) ends neither the daemon nor its end: pino's own
 * destination would throw, and wait in `exit` until there is room again.
 */
function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true, maxLength: maxUnwrittenBytes });
  output.on("error", () => {});
  return { write: (line) => void output.write(line) };
}

/** JSON escapes the controls below U+0020; a terminal obeys others too, and some turn the rest of a line around. */
const invisible = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The same JSON, with what is not visible as escapes. */
function escapeInvisible(line: string): string {
  return line.replace(invisible, (character) =>
    Array.from({ length: character.length }, (_, at) => codeUnit(character, at)).join(""),
  );
}

function codeUnit(text: string, at: number): string {
  return `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`;
}

/** @param level a pino level; see `announce` for the one line that no level hides. */
export function createLog(level: string, destination = standardOutput()): Log {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => describeError(error) },
    hooks: { streamWrite: escapeInvisible },
  };
  return pino(options, destination);
}

/** Writes a line whatever the level is. Users and scripts wait for it. */
export function announce(log: Log, fields: Record<string, unknown>, message: string): void {
  log.child({}, { level: "info" }).info(fields, message);
}
