// A log that a test reads.
import { Writable } from "node:stream";
import { createLog, type Log } from "../../src/observability/log.ts";

export interface CapturedLog {
  readonly log: Log;
  /** The messages in the order in which they were written, of all levels. */
  messages(): string[];
  /** All of it as it would stand on stdout. */
  text(): string;
}

export function capturedLog(): CapturedLog {
  let text = "";
  const destination = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return {
    log: createLog("trace", destination),
    messages: () => text.split("\n").flatMap((line) => (line === "" ? [] : [messageOf(line)])),
    text: () => text,
  };
}

function messageOf(line: string): string {
  const fields: { readonly msg?: string } = JSON.parse(line);
  return fields.msg ?? "";
}
