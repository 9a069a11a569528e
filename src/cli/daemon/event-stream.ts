// The daemon's events as they come: server-sent events, read to their end and asked for again where they stopped.
import { type Event, eventSchema } from "../../api/schemas/events.ts";
import type { Config } from "../../config.ts";
import { pause } from "../../database/backoff.ts";
import { openAnswer } from "./ask-daemon.ts";

/** open: from here on nothing is missed. lost: no daemon answers, and is asked again. */
export type Told =
  | { readonly kind: "event"; readonly event: Event }
  | { readonly kind: "open" }
  | { readonly kind: "lost"; readonly why: string };

const againMs = 1_000;
/** Three of the daemon's heartbeats: one that is silent for longer is gone. */
const silenceMs = 60_000;

/** Ends with the signal. @throws {CommandError} the daemon refuses the question */
export async function* daemonEvents(config: Config, signal: AbortSignal): AsyncGenerator<Told> {
  let lastId = "";
  while (!signal.aborted) {
    const silence = new AbortController();
    const either = AbortSignal.any([signal, silence.signal]);
    const headers = lastId === "" ? {} : { "last-event-id": lastId };
    const opened = await openAnswer(config, "/api/v1/events", either, headers);
    if (opened.kind === "silent") {
      if (signal.aborted) return;
      yield { kind: "lost", why: opened.why };
    } else {
      yield { kind: "open" };
      for await (const { id, event } of eventsIn(opened.response, silence)) {
        lastId = id;
        yield { kind: "event", event };
      }
      if (signal.aborted) return;
      yield { kind: "lost", why: `the daemon at ${opened.url} has gone` };
    }
    await pause(againMs, signal);
  }
}

async function* eventsIn(
  { body }: Response,
  silence: AbortController,
): AsyncGenerator<{ id: string; event: Event }> {
  if (body === null) return;
  const deadline = setTimeout(() => silence.abort(), silenceMs);
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const bytes of body) {
      deadline.refresh();
      text += decoder.decode(bytes, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const told = eventOf(block);
        if (told !== undefined) yield told;
      }
    }
  } catch {
    // Cut off: whoever asked hears that it is lost.
  } finally {
    clearTimeout(deadline);
  }
}

/** One event as it is written; undefined for a heartbeat, and for what this version does not know. */
export function eventOf(block: string): { id: string; event: Event } | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const [, name = "", value = ""] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    fields.set(name, value);
  }
  const data = fields.get("data");
  if (data === undefined) return undefined;
  const parsed = eventSchema.safeParse(parseJson(data));
  return parsed.success ? { id: fields.get("id") ?? "", event: parsed.data } : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
