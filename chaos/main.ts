// The campaigns' command line. Everything that is started here is ended here, also by Ctrl-C.
import { parseArgs } from "node:util";
import { openCampaign } from "./campaigns/campaign.ts";
import { commitCampaign } from "./campaigns/commits.ts";
import { failCall, failureCampaign, parseFailure } from "./campaigns/io-failures.ts";
import { killCampaign } from "./campaigns/kills.ts";
import { actions, matrixCampaign, parseCase, runCases } from "./campaigns/matrix.ts";
import { mutantCampaign } from "./campaigns/mutants.ts";
import { recoveryCampaign } from "./campaigns/recovery.ts";
import { loadCampaign, poisonCampaign, swapCampaign } from "./campaigns/special.ts";
import { zombieCampaign } from "./campaigns/zombies.ts";
import { Cleanup } from "./cleanup.ts";
import { buildDaemon } from "./stage/build.ts";
import { ChaosServer } from "./stage/server.ts";
import { Tally } from "./tally.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string" },
    commits: { type: "string" },
    zombies: { type: "string" },
    matrix: { type: "boolean", default: false },
    "first-hits": { type: "boolean", default: false },
    case: { type: "string" },
    mutants: { type: "boolean", default: false },
    mutant: { type: "string" },
    io: { type: "boolean", default: false },
    "io-case": { type: "string" },
    recovery: { type: "string" },
    load: { type: "boolean", default: false },
    poison: { type: "boolean", default: false },
    swap: { type: "boolean", default: false },
    seed: { type: "string" },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
process.stdout.write(`seed ${seed}\n`);
const cleanup = new Cleanup();
const tally = new Tally();
try {
  await run();
} finally {
  await cleanup.run();
}
tally.print("result");
process.exit(tally.findings.length === 0 ? 0 : 1);

async function run(): Promise<void> {
  const build = await buildDaemon();
  cleanup.add(() => build.remove());
  const server = await ChaosServer.start(cleanup);
  const campaign = await openCampaign({ server, build, cleanup, tally });
  if (values.kills) await killCampaign(campaign, Number(values.kills), seed);
  if (values.commits) await commitCampaign(campaign, Number(values.commits), seed);
  if (values.zombies) await zombieCampaign(campaign, Number(values.zombies), seed);
  if (values.recovery) await recoveryCampaign(campaign, Number(values.recovery), seed);
  if (values.load) await loadCampaign(campaign, seed);
  if (values.poison) await poisonCampaign(campaign, seed);
  if (values.swap) await swapCampaign(campaign, seed);
  if (values.mutants || values.mutant) await mutantCampaign(campaign, seed, values.mutant);
  if (values.io) await failureCampaign(campaign);
  if (values["io-case"]) {
    const { failing, nth } = parseFailure(values["io-case"]);
    await failCall(campaign, failing, nth);
  }
  if (values.case) await runCases(campaign, [parseCase(values.case)]);
  else if (values.matrix && values["first-hits"])
    await matrixCampaign(campaign, ["kill9", "throw"], [1]);
  else if (values.matrix) await matrixCampaign(campaign, actions, [1, 2, "last"]);
}
