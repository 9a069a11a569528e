// The second half of sixty kills, with a seed of its own.
import { testThirtyKills } from "./thirty-kills.ts";

testThirtyKills();
