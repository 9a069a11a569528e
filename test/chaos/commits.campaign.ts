// The short forms of the campaigns about COMMITs without an answer, zombies, and single promises; and that a campaign
// does catch a broken daemon.
import { afterAll, beforeAll, expect, test } from "vitest";
import { commitCampaign } from "../../chaos/campaigns/commits.ts";
import { mutantCampaign } from "../../chaos/campaigns/mutants.ts";
import { loadCampaign, poisonCampaign, swapCampaign } from "../../chaos/campaigns/special.ts";
import { zombieCampaign } from "../../chaos/campaigns/zombies.ts";
import { faultsOf, openTestCampaign, type TestCampaign } from "./open-campaign.ts";

let opened: TestCampaign;
beforeAll(async () => {
  opened = await openTestCampaign();
});
afterAll(() => opened?.close());

const timeout = 600_000;

test("one package of each kind, with edge values and twins: equal to the last bit", {
  timeout,
}, async () => {
  await loadCampaign(opened.campaign, opened.seed);
  expect(faultsOf(opened)).toEqual([]);
});

test("COMMITs that are swallowed, reset, late, or answered by ROLLBACK", { timeout }, async () => {
  await commitCampaign(opened.campaign, 4, opened.seed);
  expect(faultsOf(opened)).toEqual([]);
});

test("zombies that wake up after a successor has taken over, with primary keys and without", {
  timeout,
}, async () => {
  await zombieCampaign(opened.campaign, 6, opened.seed);
  expect(faultsOf(opened)).toEqual([]);
});

test("a package that kills each run is given up, and taken up again when it is sent again", {
  timeout,
}, async () => {
  await poisonCampaign(opened.campaign, opened.seed);
  expect(faultsOf(opened)).toEqual([]);
});

test("a file that was replaced behind its finished package is a package of its own", {
  timeout,
}, async () => {
  await swapCampaign(opened.campaign, opened.seed);
  expect(faultsOf(opened)).toEqual([]);
});

test.each(["the file is deleted before the last COMMIT", "-0 becomes 0"])(
  "a broken daemon is caught: %s",
  { timeout },
  async (name) => {
    await mutantCampaign(opened.campaign, opened.seed, name);
    expect(faultsOf(opened)).toEqual([]);
  },
);
