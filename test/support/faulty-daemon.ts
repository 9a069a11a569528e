// The daemon with fault points that do something: the same tree as src/main.ts starts. FAULTS arms them, as
// `point:action:nth`, several with commas; the n-th time the point is reached, counted in this process, the action is
// carried out. The product has none of this.
import { runDaemon } from "../../src/daemon.ts";
import { armedFaults } from "./armed-faults.ts";

process.exit(await runDaemon(armedFaults(process.env["FAULTS"] ?? "")));
