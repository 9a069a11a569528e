// Claims a settled file: renames it out of the inbox into a folder of its own. The only place that does. What was
// renamed is compared with what had settled, since the file behind a name can be exchanged at any moment.
import { link, rename, unlink } from "node:fs/promises";
import {
  type ClaimedFile,
  claimedPath,
  moveIntoClaim,
  removeClaimFolder,
} from "../folders/claimed-file.ts";
import { isErrno, isUnchanged, look, openRegular } from "../folders/file-identity.ts";
import { pathOf } from "../folders/package-name.ts";
import type { OfferOutcome } from "./file-system-watcher.ts";
import type { IntakeContext } from "./intake-context.ts";
import type { Candidate } from "./settling.ts";

/**
 * claimed: ours, and as it had settled. unsettled: ours, but exchanged at the last moment, so it has to settle where it
 * is now. The others are for the watcher.
 */
export type ClaimOutcome =
  | { readonly kind: "claimed"; readonly file: ClaimedFile }
  | { readonly kind: "unsettled"; readonly fileId: number }
  | { readonly kind: OfferOutcome };

/** Whoever gets a claim releases its lock when the ledger names an owner, or nothing is left of it. */
export async function claim(candidate: Candidate, context: IntakeContext): Promise<ClaimOutcome> {
  const { database, inHand } = context;
  // First the id: without the database no file is touched.
  const [fileId] = await database.use(context.stopping, ({ session }) => session.reserveClaims(1));
  if (fileId === undefined) throw new RangeError("no id was reserved");
  inHand.add(fileId);
  const outcome = await claimAs(fileId, candidate, context);
  if (outcome.kind !== "claimed") {
    inHand.delete(fileId);
    await releaseClaim(fileId, context);
  }
  return outcome;
}

/** Lets other daemons know that the claim needs no protection any more. A lost session has let go of it already. */
export async function releaseClaim(fileId: number, { database }: IntakeContext): Promise<void> {
  if (database.state.kind !== "ready") return;
  await database.state.access.session.releaseClaim(fileId).catch(() => {});
}

async function claimAs(
  fileId: number,
  { name, fingerprint }: Candidate,
  { folders, log, faults }: IntakeContext,
): Promise<ClaimOutcome> {
  const from = pathOf(folders.ingest, name);
  try {
    const opened = await openRegular(from); // Whoever may not read it must not take it away.
    if (opened.kind !== "file") return { kind: "taken" };
    await opened.handle.close();
    if (!isUnchanged(opened.fingerprint, fingerprint)) return { kind: "changed" };
    if ((await moveIntoClaim(folders, from, { fileId, name })) === "gone") return { kind: "taken" };
  } catch (err) {
    if (!isErrno(err, ...waitable)) throw err;
    const uid = process.getuid?.();
    log.warn({ err, name: name.text, uid }, "package cannot be taken, trying again later");
    return { kind: "not_now" };
  }
  await faults.at("after_claim");
  const file = { fileId, name, fingerprint };
  const claimed = await look(claimedPath(folders, file));
  if (claimed.kind === "file") {
    if (isUnchanged(claimed.fingerprint, fingerprint)) return { kind: "claimed", file };
    return { kind: "unsettled", fileId };
  }
  await putBack(claimedPath(folders, file), from);
  await removeClaimFolder(folders, fileId);
  log.info({ name: name.text }, "no regular file: put back into the inbox");
  return { kind: "taken" };
}

/** A link overwrites nothing that may lie there by now; of a folder there is none. */
async function putBack(claimed: Buffer, to: Buffer): Promise<void> {
  await link(claimed, to).then(
    () => unlink(claimed),
    () => rename(claimed, to),
  );
}

/** No right, too many open files, a folder without room: it may pass. */
const waitable = [
  "EACCES",
  "EPERM",
  "EMFILE",
  "ENFILE",
  "ENOSPC",
  "EDQUOT",
  "EROFS",
  "EIO",
  "EBUSY",
  "ESTALE",
];
