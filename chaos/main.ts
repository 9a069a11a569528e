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

const help = `npm run chaos -- [what] [--seed N]

  --all             everything below, as often as is said here: about an hour
  --matrix          every fault point, five ways to fail, at its first, second and last hit
                    --first-hits: a kill and a throw at each first hit; --case point:action:nth: that one
  --kills 200       random kills of daemons and server, with other faults between
  --commits 100     COMMITs whose answer is swallowed or reset, late, or ROLLBACK
  --zombies 50      daemons that stand still, are replaced, and wake up
  --io              each call of the file system and each message to the database fails once
                    --io-case file:n or database:n: that one
  --recovery 20     how long recoveries take, the worst of so many
  --load --poison --swap    no fault at all; a package that kills each run; a file replaced behind its package
  --mutants         daemons made wrong on purpose, each of which must be caught; --mutant name: that one

It ends with 1 if anything was found, and each finding names the command that replays it.
`;
const { values } = parseArgs({
  options: {
    all: { type: "boolean", default: false },
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
    help: { type: "boolean", default: false },
  },
});
const isNothingAsked = Object.entries(values).every(([name, value]) => name === "seed" || !value);
if (values.help || isNothingAsked) {
  process.stdout.write(help);
  process.exit(values.help ? 0 : 2);
}
const chosen = values.all
  ? {
      ...values,
      ...{ kills: "200", commits: "100", zombies: "50", recovery: "20" },
      ...{ matrix: true, io: true, mutants: true, load: true, poison: true, swap: true },
    }
  : values;
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
  if (chosen.kills) await killCampaign(campaign, Number(chosen.kills), seed);
  if (chosen.commits) await commitCampaign(campaign, Number(chosen.commits), seed);
  if (chosen.zombies) await zombieCampaign(campaign, Number(chosen.zombies), seed);
  if (chosen.recovery) await recoveryCampaign(campaign, Number(chosen.recovery), seed);
  if (chosen.load) await loadCampaign(campaign, seed);
  if (chosen.poison) await poisonCampaign(campaign, seed);
  if (chosen.swap) await swapCampaign(campaign, seed);
  if (chosen.mutants || chosen.mutant) await mutantCampaign(campaign, seed, chosen.mutant);
  if (chosen.io) await failureCampaign(campaign);
  if (chosen["io-case"]) {
    const { failing, nth } = parseFailure(chosen["io-case"]);
    await failCall(campaign, failing, nth);
  }
  if (chosen.case) await runCases(campaign, [parseCase(chosen.case)]);
  else if (chosen.matrix && chosen["first-hits"])
    await matrixCampaign(campaign, ["kill9", "throw"], [1]);
  else if (chosen.matrix) await matrixCampaign(campaign, actions, [1, 2, "last"]);
}
