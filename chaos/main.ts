// The campaigns' command line. Everything that is started here is ended here, also by Ctrl-C.

import { openCampaign } from "./campaigns/campaign.ts";
import { killCampaign } from "./campaigns/kills.ts";
import { Cleanup } from "./cleanup.ts";
import { buildDaemon } from "./stage/build.ts";
import { ChaosServer } from "./stage/server.ts";
import { Tally } from "./tally.ts";

const cleanup = new Cleanup();
const tally = new Tally();
const build = await buildDaemon();
cleanup.add(() => build.remove());
const server = await ChaosServer.start(cleanup);
const campaign = await openCampaign({ server, build, cleanup, tally });
await killCampaign(campaign, Number(process.argv[2]), Number(process.argv[3]));
tally.print("kills");
await cleanup.run();
process.exit(tally.findings.length === 0 ? 0 : 1);
