// What the dashboard says of a file that is not seen.
import { expect, test } from "vitest";
import { missingFileText } from "../../web/src/pages/package/missing-file.ts";

test("a file was deleted only where its package is in the database", () => {
  expect(missingFileText("complete")).toMatch(/^deleted/);
  expect(missingFileText("duplicate")).toMatch(/^deleted/);
  expect(missingFileText("failed")).toBe("not in failed/: somebody has taken it away");
  expect(missingFileText("processing")).toBe("not in the daemon's folders");
});
