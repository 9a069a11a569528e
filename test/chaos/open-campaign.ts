// A campaign for a test file: a build of the daemon and a server of its own, which may be killed.
import { randomInt } from "node:crypto";
import { type Campaign, openCampaign } from "../../chaos/campaigns/campaign.ts";
import { Cleanup } from "../../chaos/cleanup.ts";
import { buildDaemon } from "../../chaos/stage/build.ts";
import { ChaosServer } from "../../chaos/stage/server.ts";
import { type Finding, Tally } from "../../chaos/tally.ts";

export interface TestCampaign {
  readonly campaign: Campaign;
  /** Another one each time, so that many runs see more than one; each finding names the command that replays it. */
  readonly seed: number;
  close(): Promise<void>;
}

/** What was found since it was last asked. How long recoveries take is for a machine that does nothing else. */
export function faultsOf({ campaign }: TestCampaign): readonly Finding[] {
  return campaign.tally.findings.splice(0).filter(({ kind }) => kind !== "slow");
}

export async function openTestCampaign(): Promise<TestCampaign> {
  const cleanup = new Cleanup();
  try {
    const build = await buildDaemon();
    cleanup.add(() => build.remove());
    const server = await ChaosServer.start(cleanup);
    const campaign = await openCampaign({ server, build, cleanup, tally: new Tally() });
    return { campaign, seed: randomInt(1_000_000), close: () => cleanup.run() };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
