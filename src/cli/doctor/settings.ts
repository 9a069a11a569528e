// The doctor reads the configuration as the daemon does.
import type { Config } from "../../config.ts";
import { SetupError } from "../../errors.ts";
import { type Finding, ok, words, wrong } from "./finding.ts";

/** @returns the configuration too, unless it is wrong */
export function checkConfiguration(read: () => Config): { finding: Finding; config?: Config } {
  try {
    const config = read();
    return { config, finding: checkAddress(config) };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const advice = "Set the variable right: the daemon ends with exit code 2 like this.";
    return { finding: wrong("variables", words(error), advice) };
  }
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

function checkAddress({ httpHost, httpPort, apiToken, databaseUrl }: Config): Finding {
  const name = "variables";
  if (httpPort !== "off" && !loopback.test(httpHost) && apiToken === undefined) {
    const found = `DOWNLINK_HTTP_HOST is ${httpHost}, and there is no DOWNLINK_API_TOKEN`;
    return wrong(
      name,
      found,
      "Set DOWNLINK_API_TOKEN (32 characters or more), or listen on 127.0.0.1.",
    );
  }
  const database = databaseUrl === undefined ? "the embedded database" : "DATABASE_URL";
  const http = httpPort === "off" ? "no HTTP" : `HTTP on ${httpHost}:${httpPort}`;
  return ok(name, `all known and right: ${database}, ${http}`);
}
