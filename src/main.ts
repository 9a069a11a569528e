// The daemon's entry point.
import { runDaemon } from "./daemon.ts";
import { noFaults } from "./observability/fault-points.ts";

process.exit(await runDaemon(noFaults));
