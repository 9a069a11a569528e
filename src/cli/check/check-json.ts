// What the command `check` says, for programs: the names are those of the tables files and rejected_lines.
import type { CheckedPackage, NoPackage } from "./check-package.ts";
import type { KnownBytes } from "./known-bytes.ts";

export function checkRecord(checked: CheckedPackage | NoPackage, knownBytes: KnownBytes): object {
  if ("problem" in checked) return { path: checked.path, ok: false, problem: checked.problem };
  const { path, refused, errors, sha256 } = checked;
  return {
    path,
    ok: refused === null && errors === 0,
    refused,
    satellite_type: checked.satelliteType,
    size_bytes: checked.sizeBytes,
    sha256,
    total_lines: checked.totalLines,
    imported_lines: checked.importedLines,
    errors,
    first_timestamp: checked.firstTimestamp,
    last_timestamp: checked.lastTimestamp,
    reasons: Object.fromEntries(checked.reasons.map(({ reason, count }) => [reason, count])),
    rejects: checked.rejects.map(({ line, byteOffset, reason, detail }) => {
      return { line, byte_offset: byteOffset, reason, detail };
    }),
    known:
      knownBytes.kind === "asked" && sha256 !== null
        ? (knownBytes.known.get(sha256) ?? null)
        : null,
    database: knownBytes.kind === "asked" ? "asked" : `not asked: ${knownBytes.why}`,
  };
}
