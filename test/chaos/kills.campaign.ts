// The first half of sixty kills.
import { testThirtyKills } from "./thirty-kills.ts";

testThirtyKills();
