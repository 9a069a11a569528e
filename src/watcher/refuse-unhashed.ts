// A file too large to be hashed only to be refused: beyond 1 GiB the header is read first, and a file that is no
// package is failed without a sha256. Smaller ones are hashed in any case, so that they are known when they come again.
import type { ClaimedFile } from "../folders/claimed-file.ts";
import type { HeldFile } from "../folders/held-file.ts";
import { readHeader } from "../parsers/header-line.ts";
import { failedPath, setAside } from "../persister/package-end.ts";
import type { IntakeContext } from "./intake-context.ts";

const alwaysHashedBytes = 2n ** 30n;

/** @returns whether the file was refused, and is done with */
export async function refuseUnhashed(
  file: ClaimedFile,
  held: HeldFile,
  context: IntakeContext,
): Promise<boolean> {
  const { database, events, folders, maxLineBytes, stopping } = context;
  if (file.fingerprint.sizeBytes <= alwaysHashedBytes) return false;
  const sizeBytes = Number(file.fingerprint.sizeBytes);
  const { outcome } = await readHeader(held, sizeBytes, maxLineBytes);
  if (outcome.ok) return false;
  const { error } = outcome;
  const name = file.name.text;
  const refused = { id: file.fileId, name, sizeBytes };
  await database.use(stopping, ({ ledger }) => ledger.enterRefused(refused, error));
  const keptAt = failedPath(folders, file);
  const counts = { totalLines: 0, importedLines: 0, errors: 0, seconds: 0 };
  const figures = { fileId: file.fileId, name, satelliteType: null, sizeBytes, ...counts };
  events.publish({ kind: "package_ended", outcome: "failed", ...figures, error, keptAt });
  await setAside(file, context);
  return true;
}
