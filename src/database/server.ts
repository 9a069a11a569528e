// Where the database comes from: a URL that was given, or the embedded server that is started, adopted and stopped.
import { join } from "node:path";
import type { Log } from "../observability/log.ts";
import { type EmbeddedServer, startEmbeddedServer } from "./embedded/server.ts";

export interface DatabaseServer {
  /** Whether the server is for one daemon alone. */
  readonly exclusive: boolean;
  /** Makes sure that the server runs, as far as that is ours to do. @returns its URL */
  ensure(signal: AbortSignal): Promise<string>;
  /** @param held whether this daemon had a session: a server that was adopted and never ours is left running. */
  stop(held: boolean): Promise<void>;
}

export function givenServer(url: string): DatabaseServer {
  return { exclusive: false, ensure: () => Promise.resolve(url), stop: () => Promise.resolve() };
}

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly log: Log;
}

export function embeddedServer({ dataDir, port, log }: EmbeddedOptions): DatabaseServer {
  let running: EmbeddedServer | undefined;
  return {
    exclusive: true,
    async ensure(signal) {
      running = await startEmbeddedServer({
        dir: join(dataDir, "postgres"),
        preferredPort: port,
        signal,
        log: (message, { pid: serverPid, ...fields }) =>
          log.info({ serverPid, ...fields }, message),
      });
      return running.url;
    },
    async stop(held) {
      if (held || running?.adopted === false) await running?.stop();
      running = undefined;
    },
  };
}
