// What the routes are given.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Folders } from "../folders/folders.ts";
import type { Events } from "../observability/events.ts";
import type { Log } from "../observability/log.ts";
import type { Exposition } from "../observability/prometheus.ts";
import type { Registry } from "../registry/registry.ts";
import type { Settings } from "../settings/setting.ts";
import type { Onlookers } from "./live/onlookers.ts";
import type { ReadGate } from "./read-gate.ts";

export interface ApiContext {
  readonly host: string;
  readonly token: string | undefined;
  /** Name of this daemon's life, as in `files.owner`. */
  readonly owner: string;
  readonly startedMs: number; // By the wall clock.
  readonly folders: Folders;
  /** What the environment says of the settings that can be changed. */
  readonly startSettings: Settings;
  readonly registry: Registry;
  readonly onlookers: Onlookers;
  readonly events: Events;
  /** What questions to the database go through. */
  readonly gate: ReadGate;
  /** What a scrape is answered. */
  readonly metrics: () => Promise<Exposition>;
  readonly log: Log;
  /** Between two signs of life on a stream of events. */
  readonly heartbeatMs: number;
  /** Where the dashboard's files are, or will be. */
  readonly webDir: string;
}

/** The server, as routes are added to it. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;
