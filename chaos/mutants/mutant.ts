// A broken twin of the daemon: one promise is taken out of its code, and a campaign has to notice. A campaign that
// catches none of them proves nothing.
import type { Campaign } from "../campaigns/campaign.ts";
import type { Patch } from "../stage/build.ts";

export interface Mutant {
  readonly name: string;
  readonly patches: readonly Patch[];
  /** The campaign that has to catch it. */
  readonly hunt: (campaign: Campaign, seed: number) => Promise<void>;
}
