// Here and not in errors.ts only until its owner moves it there.
import { DownlinkError } from "../errors.ts";

/** Thrown by the parse pool: a thread died, failed or took too long, or the pool is closed. The chunk is lost. */
export class ParseTaskError extends DownlinkError {
  readonly code = "E_PARSE_TASK";
}
