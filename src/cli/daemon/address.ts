// Where the running daemon answers: as configured, and for port 0 as the daemon has written it down.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Config } from "../../config.ts";
import { isErrno } from "../../folders/file-identity.ts";

/** Or why there is none. */
export type DaemonAddress =
  | { readonly kind: "address"; readonly url: string }
  | { readonly kind: "none"; readonly why: string };

const noteSchema = z.object({ url: z.url({ protocol: /^http$/ }) });

export async function daemonAddress(config: Config): Promise<DaemonAddress> {
  const { httpHost, httpPort, dataDir } = config;
  if (httpPort === "off") return { kind: "none", why: "DOWNLINK_HTTP_PORT is off" };
  if (httpPort !== 0) return { kind: "address", url: `http://${reachable(httpHost)}:${httpPort}` };
  const path = join(dataDir, "http.json");
  try {
    const { url } = noteSchema.parse(JSON.parse(await readFile(path, "utf8")));
    return { kind: "address", url: url.replace(/\/$/, "") };
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return { kind: "none", why: "no daemon is running" };
    const words = error instanceof Error ? error.message : String(error);
    return { kind: "none", why: `${path} cannot be read: ${words}` };
  }
}

/** An address on which everything is listened to is reached by that of this machine. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
