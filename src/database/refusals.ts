// Statements that the server does not carry out although it answers: its disk is full, it is read-only, a lock or a time
// limit is in the way. They are tried again without end, so it is said, once for all that fail at the same time.
import type { Log } from "../observability/log.ts";
import { databaseError } from "./faults.ts";

export class Refusals {
  readonly #log: Log;
  readonly #refused = new Set<object>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param statement whatever stands for it */
  add(statement: object, error: unknown): void {
    if (this.#refused.size === 0) {
      const err = databaseError(error);
      this.#log.warn({ err }, "the database answers, but refuses a statement: it is tried again");
    }
    this.#refused.add(statement);
  }

  /** It went through, or is not tried any more. */
  delete(statement: object): void {
    this.#refused.delete(statement);
  }
}
