// The doctor asks at the daemon's HTTP address: a daemon, nobody, or a program that has taken its port.

import { once } from "node:events";
import { connect } from "node:net";
import { healthSchema } from "../../api/schemas/health.ts";
import type { Config } from "../../config.ts";
import { daemonAddress } from "../daemon/address.ts";
import { askDaemon } from "../daemon/ask-daemon.ts";
import { CommandError } from "../failure.ts";
import { durationText } from "../text/figures.ts";
import { type Finding, notChecked, ok, warning, wrong } from "./finding.ts";

const name = "http";
const connectMs = 2_000;

export async function checkHttp(config: Config): Promise<Finding> {
  const address = await daemonAddress(config);
  if (address.kind === "none") return notChecked(name, address.why);
  const { url } = address;
  try {
    const asked = await askDaemon(config, "/healthz", healthSchema);
    if (asked.kind === "answered") {
      const up = durationText(asked.answer.uptimeSeconds);
      return ok(name, `a daemon answers at ${url}, up ${up}`);
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return portTaken(url);
  }
  if (!(await isTaken(url))) return ok(name, `nobody listens at ${url} yet`);
  return config.httpPort === 0
    ? warning(name, `no answer at ${url}`, "Look into the log.")
    : portTaken(url);
}

function portTaken(url: string): Finding {
  const advice = "Stop it, or set DOWNLINK_HTTP_PORT to another port, 0 (any) or off.";
  return wrong(name, `another program listens at ${url}`, advice);
}

async function isTaken(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const socket = connect({ host, port: Number(port), timeout: connectMs });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(connectMs) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
