// How a command ends badly: one line for a person, and an exit code for a script. 0 done, 1 not done, 2 wrong use.
import { CommanderError } from "commander";
import { DownlinkError, SetupError } from "../errors.ts";

/** Thrown by a command that cannot do what it was asked for. Its message says what to do. */
export class CommandError extends DownlinkError {
  readonly code = "E_COMMAND";
}

export interface Failure {
  readonly exitCode: 0 | 1 | 2;
  /** Whole lines for stderr; empty if everything has been said. */
  readonly text: string;
}

export function failureOf(error: unknown): Failure {
  // It has written its help or its complaint itself. The exit code of a complaint is 1 there.
  if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? 0 : 2, text: "" };
  if (error instanceof SetupError) return { exitCode: 2, text: `downlink: ${error.message}\n` };
  if (error instanceof DownlinkError || isSystemError(error)) {
    return { exitCode: 1, text: `downlink: ${error.message}\n` };
  }
  // A bug of ours: the stack helps whoever reports it.
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: 1, text: `downlink: ${words}\n` };
}

/** A full disk, a missing right: expected, and its message names the path. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}
