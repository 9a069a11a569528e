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
  for (const missed of missedBy(feed, lastId)) write(raw, missed);
  const unsubscribe = feed.subscribe((numbered) => write(raw, numbered));
  const heartbeat = setInterval(() => raw.write(": heartbeat\n\n"), heartbeatMs);
  raw.on("close", () => {
    unsubscribe();
    clearInterval(heartbeat);
  });
}

function missedBy(
  feed: EventFeed,
  lastId: string | string[] | undefined,
): readonly NumberedEvent[] {
  if (typeof lastId !== "string" || lastId === "") return [];
  const missed = feed.after(lastId);
  if (missed !== undefined) return missed;
  const reason = "events since the last one are no longer known: ask for the whole state";
  return [{ id: feed.newest, event: { kind: "reset", at: new Date().toISOString(), reason } }];
}

/** Nothing is kept for a reader that does not read: what it has missed it may ask for. */
function write(raw: ServerResponse, { id, event }: NumberedEvent): void {
  if (raw.destroyed) return;
  raw.write(`id: ${id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`);
  if (raw.writableLength > mostUnreadBytes) raw.destroy();
}
