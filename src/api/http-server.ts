// The HTTP address as a component. It reads, and passes on what a person wants; that it fails must not stop the loading,
// so it is supervised outside of it. A port that is taken at the start is for a person to set right; later it is waited
// for by the supervisor's restarts.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { pause } from "../database/backoff.ts";
import { SetupError } from "../errors.ts";
import { isErrno } from "../folders/file-identity.ts";
import { registryKey } from "../registry/registry.ts";
import { type Component, spawn } from "../supervisor/component.ts";
import { forgetAddress, tellAddress } from "./address-file.ts";
import type { Api, ApiContext } from "./context.ts";
import { removeAbandoned } from "./upload.ts";

export interface HttpServerOptions extends ApiContext {
  readonly port: number;
  /** DOWNLINK_DATA_DIR: the command line finds the address there. */
  readonly dataDir: string;
}

/** Where the daemon answers. */
export interface HttpAddress {
  readonly url: string;
}

export const httpKey = registryKey<HttpAddress>("http");

/** `outside` bears five ends in a minute; so this one comes back for as long as it takes. */
const retryMs = 15_000;

/**
 * Starts the server, and again after its end. Only the first time there may be somebody who can set right why the address
 * cannot be listened on; amid the daemon's life packages are being loaded, and it may become free again.
 *
 * @returns a start that throws a SetupError if the address cannot be listened on and never was
 */
export function httpStarter(
  options: HttpServerOptions,
  pauseMs = retryMs,
): () => Promise<Component> {
  const { registry, log } = options;
  let hasListened = false;
  return async () => {
    try {
      const { component, address } = await startHttpServer(options);
      registry.register(httpKey, component, address);
      if (hasListened) log.info({ http: address.url }, "the HTTP address answers again");
      hasListened = true;
      return component;
    } catch (error) {
      if (!hasListened) throw error;
      log.warn({ err: error }, "the HTTP address does not answer, trying again");
      return endLater(error, pauseMs);
    }
  };
}

/** As a start that fails is tried again at once, and uses up the budgets of all above it. */
function endLater(cause: unknown, ms: number): Component {
  return spawn(async ({ stopping }) => {
    await pause(ms, stopping);
    // In an error of its own: nobody is asked to set anything right.
    if (!stopping.aborted) throw new Error(wordsOf(cause), { cause });
  });
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** @throws {SetupError} the address cannot be listened on */
async function startHttpServer(
  options: HttpServerOptions,
): Promise<{ readonly component: Component; readonly address: HttpAddress }> {
  // Only now: its libraries take a quarter of a start's time, and a daemon without an address needs none of them.
  const { createApp } = await import("./app.ts");
  const app = await createApp(options);
  const url = await listen(app, options);
  const component = spawn(async ({ stopping }) => {
    await tellAddress(options.dataDir, url, options.log);
    await removeAbandoned(options.folders.ingest).catch(() => {}); // The watcher says that it is away.
    try {
      await untilBroken(app, stopping);
    } finally {
      await forgetAddress(options.dataDir, url);
      await app.close();
    }
  });
  return { component, address: { url } };
}

async function listen(app: Api, { host, port }: HttpServerOptions): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw isErrno(error, ...cannotListen) ? setupError(host, port, error) : error;
  }
  const { address, port: actual, family } = addressOf(app);
  const shown = isWildcard(address) ? localName(family) : host;
  return `http://${shown.includes(":") ? `[${shown}]` : shown}:${actual}`;
}

const cannotListen = [
  ...["EADDRINUSE", "EACCES", "EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"],
  ...["ENOTFOUND", "EAI_AGAIN"],
];

function setupError(host: string, port: number, cause: unknown): SetupError {
  const why = isErrno(cause, "EADDRINUSE")
    ? "is taken: stop what listens there, or set DOWNLINK_HTTP_PORT to another port, 0 (any) or off"
    : "cannot be listened on: set DOWNLINK_HTTP_HOST and DOWNLINK_HTTP_PORT";
  return new SetupError(`the HTTP address ${host} port ${port} ${why}`, { cause });
}

function addressOf(app: Api): AddressInfo {
  const address = app.server.address();
  if (address === null || typeof address === "string") throw new RangeError("no TCP address");
  return address;
}

function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/** Under which this machine reaches an address that listens everywhere. */
function localName(family: string): string {
  return family === "IPv6" ? "::1" : "127.0.0.1";
}

/** @throws what breaks the server itself; a broken connection does not */
async function untilBroken(app: Api, stopping: AbortSignal): Promise<void> {
  if (stopping.aborted) return;
  await once(app.server, "close", { signal: stopping }); // Rejects at an `error` too.
  throw new RangeError("the HTTP server was closed");
}
