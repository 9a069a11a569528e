// The long run's command line.
import { parseArgs } from "node:util";
import { openCampaign } from "./campaigns/campaign.ts";
import { Cleanup } from "./cleanup.ts";
import { Soak } from "./soak/soak.ts";
import { buildDaemon } from "./stage/build.ts";
import { ChaosServer } from "./stage/server.ts";
import { Tally } from "./tally.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "30" }, seed: { type: "string" } },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
process.stdout.write(`seed ${seed}\n`);
const cleanup = new Cleanup();
const tally = new Tally();
try {
  const build = await buildDaemon();
  cleanup.add(() => build.remove());
  const server = await ChaosServer.start(cleanup);
  await new Soak(await openCampaign({ server, build, cleanup, tally }), { minutes, seed }).run();
} finally {
  await cleanup.run();
}
tally.print(`soak of ${minutes} minutes`);
process.exit(tally.findings.length === 0 ? 0 : 1);
