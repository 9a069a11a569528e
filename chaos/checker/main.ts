// The checker as a program: holds a database and its folders against a manifest, prints what is wrong, and exits 1 if
// anything is. To be run while no daemon does, after everything is loaded.
import { parseArgs } from "node:util";
import { checkFinal } from "./check.ts";
import { defaultLimits } from "./invariants.ts";
import { shownViolation } from "./violation.ts";

const { values } = parseArgs({
  options: {
    database: { type: "string" },
    files: { type: "string" },
    manifest: { type: "string" },
    archive: { type: "boolean", default: false },
  },
});
const { database: databaseUrl, files: filesDir, manifest: manifestPath } = values;
if (databaseUrl === undefined || filesDir === undefined || manifestPath === undefined) {
  process.stderr.write("usage: checker --database URL --files DIR --manifest FILE [--archive]\n");
  process.exit(2);
}
const onComplete = values.archive ? "archive" : "delete";
const limits = defaultLimits;
const violations = await checkFinal({ databaseUrl, filesDir, manifestPath, onComplete, limits });
for (const violation of violations) process.stdout.write(`${shownViolation(violation)}\n`);
process.stdout.write(`${violations.length} violations\n`);
process.exit(violations.length === 0 ? 0 : 1);
