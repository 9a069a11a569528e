// A log whose lines a test can read.
import { createLog, type Log } from "../../src/observability/log.ts";

type LogLine = Readonly<Record<string, unknown>>;

export interface LogLines {
  readonly log: Log;
  readonly lines: LogLine[];
  /** The lines with this message. */
  said(message: string): LogLine[];
}

export function logLines(level = "debug"): LogLines {
  const lines: LogLine[] = [];
  const log = createLog(level, { write: (text) => lines.push(JSON.parse(text)) });
  return { log, lines, said: (message) => lines.filter(({ msg }) => msg === message) };
}
