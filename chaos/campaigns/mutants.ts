// Builds each mutant and hunts it. One that no campaign notices is a finding: either a campaign is blind, or the code
// that was taken out does nothing. The unmodified daemon goes through the same hunts and must pass.

import type { Mutant } from "../mutants/mutant.ts";
import { otherMutants } from "../mutants/other-mutants.ts";
import { transactionMutants } from "../mutants/transaction-mutants.ts";
import { Random } from "../random.ts";
import { buildDaemon } from "../stage/build.ts";
import { Tally } from "../tally.ts";
import { type Campaign, openCampaign } from "./campaign.ts";

export const mutants: readonly Mutant[] = [...transactionMutants, ...otherMutants];

/** A mutant may stand still for ever; that is noticed sooner than usual. */
const limits = { standstillMs: 20_000, totalMs: 90_000 };

/** @param name a part of the names of those that are hunted; all without it. @returns whether all went as it must */
export async function mutantCampaign(campaign: Campaign, seed: number, name = ""): Promise<void> {
  const hunted = mutants.filter((mutant) => mutant.name.includes(name));
  for (const mutant of hunted) {
    const caught = await hunt(campaign, mutant, mutant.patches, seed);
    report(campaign, mutant.name, caught);
  }
  for (const mutant of eachHuntOnce(hunted)) {
    const found = await hunt(campaign, mutant, [], seed);
    campaign.tally.add(found.findings, `npm run chaos -- --mutants --seed ${seed}`);
  }
  campaign.tally.count("unmodified daemon: hunts passed", eachHuntOnce(hunted).length);
}

function report({ tally }: Campaign, name: string, { findings }: Tally): void {
  const faults = findings.filter(({ kind }) => kind !== "slow"); // That the machine may be.
  if (faults.length === 0) {
    tally.add(
      [{ kind: "not caught", check: "mutants", subject: name, said: "no campaign notices" }],
      "--mutants",
    );
    return;
  }
  tally.count("mutants caught");
  const checks = [...new Set(faults.map(({ kind, check }) => `${kind} (${check})`))].join(", ");
  process.stdout.write(`caught: ${name}: ${checks}\n`);
}

async function hunt(
  campaign: Campaign,
  mutant: Mutant,
  patches: Mutant["patches"],
  seed: number,
): Promise<Tally> {
  const build = await buildDaemon(patches);
  const remove = campaign.cleanup.add(() => build.remove());
  const tally = new Tally({ isQuiet: patches.length > 0 });
  try {
    const { server, cleanup, template } = campaign;
    const hunting = {
      server,
      cleanup,
      template,
      build,
      tally,
      limits: patches.length > 0 ? limits : campaign.limits,
      stopsAtFinding: patches.length > 0,
    };
    await mutant.hunt(await openCampaign(hunting), new Random(seed).below(1_000));
    return tally;
  } finally {
    await remove();
  }
}

function eachHuntOnce(hunted: readonly Mutant[]): Mutant[] {
  return hunted.filter((mutant, at) => hunted.findIndex((one) => one.hunt === mutant.hunt) === at);
}
