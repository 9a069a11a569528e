// The short forms of the campaigns that take long by nature: calls that fail, recoveries, the soak.
import { afterAll, beforeAll, expect, test } from "vitest";
import { failureCampaign } from "../../chaos/campaigns/io-failures.ts";
import { recoveryCampaign } from "../../chaos/campaigns/recovery.ts";
import { Soak } from "../../chaos/soak/soak.ts";
import { faultsOf, openTestCampaign, type TestCampaign } from "./open-campaign.ts";

let opened: TestCampaign;
beforeAll(async () => {
  opened = await openTestCampaign();
});
afterAll(() => opened?.close());

const timeout = 600_000;

test("every twelfth call of the file system and message to the database fails", {
  timeout,
}, async () => {
  await failureCampaign(opened.campaign, 12);
  expect(faultsOf(opened)).toEqual([]);
});

test("daemon and server are restarted amid the loading, and go on", { timeout }, async () => {
  await recoveryCampaign(opened.campaign, 2, opened.seed);
  expect(faultsOf(opened)).toEqual([]);
});

test("one lap of the soak: mixed load, a fault every 20 seconds", { timeout }, async () => {
  await new Soak(opened.campaign, { minutes: 0.5, seed: opened.seed, isShort: true }).run();
  expect(faultsOf(opened)).toEqual([]);
});
