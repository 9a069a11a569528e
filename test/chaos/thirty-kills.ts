// The short form of `npm run chaos -- --kills`: kill -9 of daemon and server at random moments, other faults between.
// Half of it: the halves are files of their own, so that they run at the same time.
import { afterAll, beforeAll, expect, test } from "vitest";
import { killCampaign } from "../../chaos/campaigns/kills.ts";
import { faultsOf, openTestCampaign, type TestCampaign } from "./open-campaign.ts";

export function testThirtyKills(): void {
  let opened: TestCampaign;
  beforeAll(async () => {
    opened = await openTestCampaign();
  });
  afterAll(() => opened?.close());

  test("thirty kills: nothing lost, nothing twice, nothing altered", {
    timeout: 600_000,
  }, async () => {
    await killCampaign(opened.campaign, 30, opened.seed);
    expect(faultsOf(opened)).toEqual([]);
  });
}
