// The short form of `npm run chaos -- --kills`: kill -9 of daemon and server at random moments, other faults between.
import { afterAll, beforeAll, expect, test } from "vitest";
import { killCampaign } from "../../chaos/campaigns/kills.ts";
import { faultsOf, openTestCampaign, type TestCampaign } from "./open-campaign.ts";

let opened: TestCampaign;
beforeAll(async () => {
  opened = await openTestCampaign();
});
afterAll(() => opened?.close());

test("sixty kills: nothing lost, nothing twice, nothing altered", {
  timeout: 600_000,
}, async () => {
  await killCampaign(opened.campaign, 60, opened.seed);
  expect(faultsOf(opened)).toEqual([]);
});
