// The doctor reads the configuration as the daemon does.
import type { Config } from "../../config.ts";
import { SetupError } from "../../errors.ts";
import { type Finding, ok, words, wrong } from "./finding.ts";

/** @returns the configuration too, unless it is wrong */
export function checkConfiguration(read: () => Config): { finding: Finding; config?: Config } {
  try {
    const config = read();
    return { config, finding: inUse(config) };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const advice = "Set the variable right: the daemon ends with exit code 2 like this.";
    return { finding: wrong("variables", words(error), advice) };
  }
}

function inUse({ httpHost, httpPort, databaseUrl }: Config): Finding {
  const database = databaseUrl === undefined ? "the embedded database" : "DATABASE_URL";
  const http = httpPort === "off" ? "no HTTP" : `HTTP on ${httpHost}:${httpPort}`;
  return ok("variables", `all known and right: ${database}, ${http}`);
}
