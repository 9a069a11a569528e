// What happens, as it happens: /api/v1/events, a stream of server-sent events. A reader that comes back says which event
// it has seen last and gets what it has missed; one that is too slow is cut off, and comes back in that way.
import type { ServerResponse } from "node:http";
import type { Api, ApiContext } from "../context.ts";
import type { EventFeed } from "../live/event-feed.ts";
import type { NumberedEvent } from "../live/event-ring.ts";
import { problem } from "../problems.ts";
import { eventSchema } from "../schemas/events.ts";
import { described, orProblem } from "./described.ts";

const mostStreams = 256;
/** What a slow reader may leave unread before it is cut off. */
const mostUnreadBytes = 2 ** 20;
/** Of what a reader has missed: what happens while it catches up has to have room too. */
const mostMissedBytes = mostUnreadBytes / 2;
const reconnectMs = 2_000;

export function addEvents(api: Api, { onlookers, heartbeatMs }: ApiContext): void {
  const open = new Set<ServerResponse>();

  api.get(
    "/api/v1/events",
    {
      exposeHeadRoute: false,
      schema: {
        ...described("events", "What happens, as server-sent events"),
        response: {
          200: {
            description: "Each event's name is its kind; Last-Event-ID is heeded",
            content: { "text/event-stream": { schema: eventSchema } },
          },
          ...orProblem(),
        },
      },
    },
    (request, reply) => {
      if (open.size >= mostStreams) {
        throw problem("too_many_requests", `${mostStreams} streams are open already`);
      }
      reply.hijack(); // From here on the answer is ours.
      const { raw } = reply;
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) raw.setHeader(name, value);
      }
      open.add(raw);
      raw.on("close", () => open.delete(raw));
      stream(raw, onlookers.feed, request.headers["last-event-id"], heartbeatMs);
    },
  );
}

function stream(
  raw: ServerResponse,
  feed: EventFeed,
  lastId: string | string[] | undefined,
  heartbeatMs: number,
): void {
  raw.on("error", () => {}); // Cut off by the other side: `close` follows.
  raw.writeHead(200, { "content-type": "text/event-stream", "x-accel-buffering": "no" });
  raw.write(`retry: ${reconnectMs}\n\n`);
  raw.write(missedBy(feed, lastId));
  const unsubscribe = feed.subscribe((numbered) => write(raw, numbered));
  const heartbeat = setInterval(() => raw.write(": heartbeat\n\n"), heartbeatMs);
  raw.on("close", () => {
    unsubscribe();
    clearInterval(heartbeat);
  });
}

/** What is written to a reader that comes back. */
function missedBy(feed: EventFeed, lastId: string | string[] | undefined): string {
  if (typeof lastId !== "string" || lastId === "") return "";
  const missed = feed.after(lastId)?.map(textOf).join("");
  if (missed !== undefined && Buffer.byteLength(missed) <= mostMissedBytes) return missed;
  const reason = "events since the last one are not known or too many: ask for the whole state";
  const at = new Date().toISOString();
  return textOf({ id: feed.newest, event: { kind: "reset", at, reason } });
}

/** Nothing is kept for a reader that does not read: what it has missed it may ask for. */
function write(raw: ServerResponse, numbered: NumberedEvent): void {
  if (raw.destroyed) return;
  raw.write(textOf(numbered));
  if (raw.writableLength > mostUnreadBytes) raw.destroy();
}

function textOf({ id, event }: NumberedEvent): string {
  return `id: ${id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
}
