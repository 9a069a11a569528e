// Builds each mutant and hunts it. One that no campaign notices is a finding: either a campaign is blind, or the code
// that was taken out does nothing. The unmodified daemon goes through the same hunts and must pass.

import type { Mutant } from "../mutants/mutant.ts";
import { otherMutants } from "../mutants/other-mutants.ts";
import { transactionMutants } from "../mutants/transaction-mutants.ts";
import { Random } from "../random.ts";
import { type Build, buildDaemon } from "../stage/build.ts";
import { Tally } from "../tally.ts";
import type { Campaign } from "./campaign.ts";

export const mutants: readonly Mutant[] = [...transactionMutants, ...otherMutants];

/** A mutant may stand still for ever; that is noticed sooner than usual. */
const limits = { standstillMs: 20_000, totalMs: 90_000 };

/** @param name a part of the names of those that are hunted; all without it. */
export async function mutantCampaign(campaign: Campaign, seed: number, name = ""): Promise<void> {
  const hunted = mutants.filter((mutant) => mutant.name.includes(name));
  let next = made(campaign, hunted[0]);
  for (const [at, mutant] of hunted.entries()) {
    const build = await next;
    next = made(campaign, hunted[at + 1]); // Compiling takes as long as a hunt.
    report(campaign, mutant.name, await hunt(campaign, mutant, build, seed));
  }
  for (const mutant of eachHuntOnce(hunted)) {
    const found = await hunt(campaign, mutant, undefined, seed);
    campaign.tally.add(found.findings, `npm run chaos -- --mutants --seed ${seed}`);
  }
  campaign.tally.count("unmodified daemon: hunts passed", eachHuntOnce(hunted).length);
}

function made({ cleanup }: Campaign, mutant: Mutant | undefined): Promise<Build | undefined> {
  if (mutant === undefined) return Promise.resolve(undefined);
  const build = buildDaemon(mutant.patches);
  cleanup.add(() => build.then(({ remove }) => remove()));
  build.catch(() => {}); // Told when its turn comes.
  return build;
}

function report({ tally }: Campaign, name: string, { findings }: Tally): void {
  const faults = findings.filter(({ kind }) => kind !== "slow"); // That the machine may be.
  if (faults.length === 0) {
    tally.add(
      [{ kind: "not caught", check: "mutants", subject: name, said: "no campaign notices" }],
      `npm run chaos -- --mutant "${name}"`,
    );
    return;
  }
  tally.count("mutants caught");
  const checks = [...new Set(faults.map(({ kind, check }) => `${kind} (${check})`))].join(", ");
  process.stdout.write(`caught: ${name}: ${checks}\n`);
}

/** @param broken the mutant's build; undefined: the unmodified daemon's */
async function hunt(
  campaign: Campaign,
  mutant: Mutant,
  broken: Build | undefined,
  seed: number,
): Promise<Tally> {
  const isBroken = broken !== undefined;
  const tally = new Tally({ isQuiet: isBroken });
  const hunting = {
    ...campaign,
    build: broken ?? campaign.build,
    tally,
    limits: isBroken ? limits : campaign.limits,
    stopsAtFinding: isBroken,
  };
  await mutant.hunt(hunting, new Random(seed).below(1_000));
  await broken?.remove();
  return tally;
}

function eachHuntOnce(hunted: readonly Mutant[]): Mutant[] {
  return hunted.filter((mutant, at) => hunted.findIndex((one) => one.hunt === mutant.hunt) === at);
}
