// The short form of `npm run chaos -- --matrix`: every fault point at its first hit, killed and thrown at.
import { afterAll, beforeAll, expect, test } from "vitest";
import { matrixCampaign, runCases } from "../../chaos/campaigns/matrix.ts";
import { faultsOf, openTestCampaign, type TestCampaign } from "./open-campaign.ts";

let opened: TestCampaign;
beforeAll(async () => {
  opened = await openTestCampaign();
});
afterAll(() => opened?.close());

test("every fault point: a kill, a throw", { timeout: 600_000 }, async () => {
  await matrixCampaign(opened.campaign, ["kill9", "throw"], [1]);
  expect(faultsOf(opened)).toEqual([]);
});

test("a daemon that stands still in its transaction is replaced, and wakes up", {
  timeout: 600_000,
}, async () => {
  const cases = ["mid_copy", "before_commit"].map((point) => {
    return { point, action: "sigstop", nth: 1, isSure: true } as const;
  });
  await runCases(opened.campaign, cases);
  expect(faultsOf(opened)).toEqual([]);
});
