// Small campaigns, each about one promise: values are kept to the last bit, a package that kills the process is given
// up in the end, and what lies in processing/ is known by its bytes alone.
import { readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkAtRest } from "../checker/check.ts";
import { makePackage, plainShape } from "../manifest/generator.ts";
import { Random } from "../random.ts";
import { Cargo } from "../stage/cargo.ts";
import { untilSettled } from "../stage/settled.ts";
import { type Campaign, finishLeg, openStation } from "./campaign.ts";

/** No fault at all: one package of each kind, with edge values, and twins. */
export async function loadCampaign(campaign: Campaign, seed: number): Promise<void> {
  const station = await openStation(campaign, { batchRows: 200 });
  const cargo = new Cargo(station, `load-${seed}`, new Random(seed));
  try {
    await station.start();
    await cargo.dropOne("large");
    await untilSettled(station, campaign.limits); // Its memory is then used again for the others.
    for (const kind of [
      "small",
      "middle",
      "large",
      "edges",
      "dirty",
      "foreign",
      "tooLong",
      "headerOnly",
      "onlyBad",
      "refused",
    ]) {
      await cargo.drop(await cargo.dropOne(kind));
    }
    await finishLeg(campaign, station, `npm run chaos -- --load --seed ${seed}`);
  } finally {
    await station.close();
  }
}

const mostRuns = 3;

/** A package at which each run of the daemon is killed: it must end as `failed`, and be taken up again later. */
export async function poisonCampaign(campaign: Campaign, seed: number): Promise<void> {
  const env = { DOWNLINK_MAX_ATTEMPTS: String(mostRuns) };
  const station = await openStation(campaign, { batchRows: 200, env });
  const replay = `npm run chaos -- --poison --seed ${seed}`;
  const cargo = new Cargo(station, `poison-${seed}`, new Random(seed));
  try {
    await cargo.dropOne("small");
    for (let run = 1; run <= mostRuns; run++) {
      const daemon = await station.start({ faults: "after_epoch:kill9:1" });
      daemon.isDoomed = true;
      await daemon.exited;
    }
    campaign.tally.count("poisoned packages");
    const last = await station.start({ faults: "after_epoch:kill9:2" });
    last.isDoomed = true;
    const isKept = await Promise.race([
      last.exited.then(() => false),
      keptInFailed(station.filesDir),
    ]);
    if (!isKept) {
      const said = `${mostRuns} runs were killed by it, and it is run again`;
      campaign.tally.add([{ kind: "stuck", check: "P9", subject: station.database, said }], replay);
    }
    await last.kill9();
    await takeBack(station.filesDir);
    await finishLeg(campaign, station, replay);
  } finally {
    await station.close();
  }
}

async function keptInFailed(filesDir: string): Promise<boolean> {
  const limit = AbortSignal.timeout(60_000);
  while (!limit.aborted) {
    if ((await packagesIn(join(filesDir, "failed"))).length > 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** Without what a daemon puts there for a moment when it starts, to see whether it may. */
async function packagesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith(".downlink-trial-"));
}

/** As a person would send it again. */
async function takeBack(filesDir: string): Promise<void> {
  for (const name of await packagesIn(join(filesDir, "failed"))) {
    await rename(join(filesDir, "failed", name), join(filesDir, "ingest", name));
  }
}

/** A loaded package's file is replaced before it is removed: the new bytes are a package of their own. */
export async function swapCampaign(campaign: Campaign, seed: number): Promise<void> {
  const station = await openStation(campaign);
  const replay = `npm run chaos -- --swap --seed ${seed}`;
  const random = new Random(seed);
  const cargo = new Cargo(station, `swap-${seed}`, random.fork());
  try {
    await cargo.dropOne("small");
    const daemon = await station.start({ faults: "before_unlink:kill9:1" });
    daemon.isDoomed = true;
    await daemon.exited;
    const other = makePackage(plainShape, `swapped-${seed}`, random);
    station.note(other, "swapped");
    for (const claim of await readdir(join(station.filesDir, "processing"), {
      withFileTypes: true,
    })) {
      if (!claim.isDirectory()) continue;
      const folder = join(claim.parentPath, claim.name);
      for (const name of await readdir(folder)) await writeFile(join(folder, name), other.bytes);
    }
    campaign.tally.count("swapped files");
    campaign.tally.add(await checkAtRest(station.check), replay);
    await finishLeg(campaign, station, replay);
  } finally {
    await station.close();
  }
}
