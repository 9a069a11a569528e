// How much a client may take of the daemon: connections, bytes of a header and of a body, and time for each.
import type { FastifyRequest } from "fastify";
import type { Api } from "./context.ts";
import { problem } from "./problems.ts";

const mostHeaderBytes = 16_384;
const mostBodyBytes = 1_048_576;
const headersMs = 5_000;
/** For a body that is taken as a whole. One that is streamed may take as long as it moves. */
const bodyMs = 10_000;
/** Without a byte in either direction. Streams of events give a sign of life more often. */
const silenceMs = 60_000;
const mostConnections = 512;

export const connectionLimits = {
  bodyLimit: mostBodyBytes,
  connectionTimeout: silenceMs,
  keepAliveTimeout: 10_000,
  requestTimeout: 0, // It would end a package that takes long to send. See `limitBody`.
  http: {
    maxHeaderSize: mostHeaderBytes,
    headersTimeout: headersMs,
    connectionsCheckingInterval: 1_000,
  },
  routerOptions: { maxParamLength: 500 },
} as const;

/** Ends a request whose body takes too long, and says so. */
export function limitBody(api: Api): void {
  api.server.maxConnections = mostConnections;
  const timers = new WeakMap<FastifyRequest, NodeJS.Timeout>();
  api.addHook("preParsing", async (request, reply) => {
    const { headers, routeOptions } = request;
    const hasBody = headers["content-length"] ?? headers["transfer-encoding"];
    if (hasBody === undefined || routeOptions.config.isStreamed) return;
    const timer = setTimeout(() => {
      reply.header("connection", "close");
      reply.send(problem("request_timeout", `a body takes at most ${bodyMs / 1_000} s`));
    }, bodyMs);
    timers.set(request, timer);
  });
  api.addHook("preValidation", async (request) => clearTimeout(timers.get(request)));
  api.addHook("onResponse", async (request) => clearTimeout(timers.get(request)));
}
