// A daemon as far as the embedded server is concerned: a process of its own that starts it and may be killed. Argument:
// the options as JSON. Writes one line, what it got or why it did not, then lives until its standard input ends.

import { findEmbeddedServer } from "../../../src/database/embedded/find-server.ts";
import { startEmbeddedServer } from "../../../src/database/embedded/server.ts";
import { DownlinkError } from "../../../src/errors.ts";

process.on("SIGINT", () => process.stdout.write("SIGINT\n"));
process.stdin.on("end", () => process.exit(0)).resume();

const options = JSON.parse(process.argv[2] ?? "{}");
try {
  const { url, pid, adopted, dataDir } = await startEmbeddedServer(options);
  const found = await findEmbeddedServer(options.dir, options.rootFallbackDir);
  process.stdout.write(`${JSON.stringify({ url, pid, adopted, dataDir, found })}\n`);
} catch (error) {
  if (!(error instanceof DownlinkError)) throw error;
  process.stdout.write(`${JSON.stringify({ code: error.code, message: error.message })}\n`);
}
