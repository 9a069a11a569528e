// The mutants are patches to the sources: each must still fit. Whether they are caught, the campaigns say.
import { expect, test } from "vitest";
import { mutants } from "../../chaos/campaigns/mutants.ts";
import { patched } from "../../chaos/stage/build.ts";

test.each(mutants)("a mutant's patches fit the sources: $name", async ({ patches }) => {
  for (const patch of patches) expect(await patched(patch)).toContain(patch.replacement);
});
