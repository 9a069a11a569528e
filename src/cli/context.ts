// What a command is given: configuration and a place to write. Commands read neither the environment nor the terminal.
import type { Config } from "../config.ts";

export interface Context {
  /** Read when it is needed, so that help is there for whoever has set a wrong variable. @throws {SetupError} */
  readonly config: () => Config;
  /** Writes a result, one or more lines, without the last line end, to stdout. */
  readonly print: (text: string) => void;
  /** Writes a remark to stderr, which is no result: a script that reads stdout does not get it. */
  readonly remark: (text: string) => void;
  /** Says that the command has done its work, and found something wrong: exit code 1, and no further words. */
  readonly fail: () => void;
  /** Writes to stdout as it is. */
  readonly write: (text: string) => void;
  /** As it is at this moment: a window may be made larger. */
  readonly screen: Screen;
}

export interface Screen {
  readonly columns: number;
  readonly hasColours: boolean;
  /** Lines of the terminal; undefined where there is none. */
  readonly rows?: number | undefined;
}

/** What of a stream decides how it is written to. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly hasColors?: () => boolean;
}

/** A file or a pipe has no width; this is one that a person can read later. */
const columnsWithoutTerminal = 120;
/** One that does not say how high it is. */
const rowsOfUnknownTerminal = 24;

/** Colours are for terminals alone, and not against the wish of NO_COLOR, which Node.js looks at. */
export function screenOf(stream: OutputStream): Screen {
  const isTerminal = stream.isTTY === true;
  return {
    columns: (isTerminal && stream.columns) || columnsWithoutTerminal,
    hasColours: isTerminal && stream.hasColors?.() === true,
    rows: isTerminal ? stream.rows || rowsOfUnknownTerminal : undefined,
  };
}
