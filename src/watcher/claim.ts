// Claims a settled file: renames it out of the inbox into a folder of its own. The only place that does. What was
// renamed is compared with what had settled, since the file behind a name can be exchanged at any moment.
import { link, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import {
  type ClaimedFile,
  claimedPath,
  moveIntoClaim,
  removeClaimFolder,
} from "../folders/claimed-file.ts";
import { isErrno, isUnchanged, look } from "../folders/file-identity.ts";
import { HeldFile, openHeld } from "../folders/held-file.ts";
import { keptName, pathOf } from "../folders/package-name.ts";
import type { Events } from "../observability/events.ts";
import type { Offer, OfferOutcome } from "./file-system-watcher.ts";
import type { IntakeContext } from "./intake-context.ts";

/**
 * claimed: ours, as it had settled, and open: whoever gets it releases it. unsettled: ours, but exchanged at the last moment, so it has to settle where it
 * is now. The others are for the watcher.
 */
export type ClaimOutcome =
  | { readonly kind: "claimed"; readonly file: ClaimedFile; readonly held: HeldFile }
  | { readonly kind: "unsettled"; readonly fileId: number }
  | { readonly kind: OfferOutcome };

type ToClaim = Omit<Offer, "settle">;

/** Whoever gets a claim releases its lock when the ledger names an owner, or nothing is left of it. */
export async function claim(offer: ToClaim, context: IntakeContext): Promise<ClaimOutcome> {
  const { database, inHand } = context;
  // First the id: without the database no file is touched.
  const fileId = await database.use(context.stopping, ({ session }) => session.reserveClaim());
  inHand.add(fileId);
  let outcome: ClaimOutcome | undefined;
  try {
    outcome = await claimAs(fileId, offer, context);
    return outcome;
  } finally {
    if (outcome?.kind !== "claimed") {
      inHand.delete(fileId);
      await releaseClaim(fileId, context);
    }
  }
}

/** Lets other daemons know that the claim needs no protection any more. A lost session has let go of it already. */
export async function releaseClaim(fileId: number, { database }: IntakeContext): Promise<void> {
  if (database.state.kind !== "ready") return;
  await database.state.access.session.releaseClaim(fileId).catch(() => {});
}

async function claimAs(
  fileId: number,
  offer: ToClaim,
  context: IntakeContext,
): Promise<ClaimOutcome> {
  const held = await take(fileId, offer, context);
  if (!(held instanceof HeldFile)) return { kind: held };
  let outcome: ClaimOutcome | undefined;
  try {
    await context.faults.at("after_claim");
    outcome = await afterRename(fileId, offer, held, context);
    return outcome;
  } finally {
    if (outcome?.kind !== "claimed") await held.release();
  }
}

/** Opens the file and renames it. Whoever may not read it must not take it away. */
async function take(
  fileId: number,
  { name, fingerprint, failures }: ToClaim,
  { folders, log }: IntakeContext,
): Promise<HeldFile | OfferOutcome> {
  const from = pathOf(folders.ingest, name);
  let held: HeldFile | undefined;
  let outcome: OfferOutcome | undefined;
  try {
    held = await openHeld(from);
    if (held === undefined) return "taken";
    if (!isUnchanged(held.fingerprint(), fingerprint)) outcome = "changed";
    else if ((await moveIntoClaim(folders, from, { fileId, name })) === "gone") outcome = "taken";
  } catch (err) {
    outcome = "not_now";
    if (!isErrno(err, ...waitable)) throw err;
    const uid = process.geteuid?.();
    const fields = { err, name: name.text, uid };
    log[failures === 0 ? "warn" : "debug"](fields, "package cannot be taken, trying again later");
  } finally {
    if (outcome !== undefined) await held?.release();
  }
  return outcome ?? held ?? "taken";
}

/** What was renamed need not be what was opened: the file behind a name can be exchanged between the two. */
async function afterRename(
  fileId: number,
  offer: ToClaim,
  held: HeldFile,
  { folders, log, events }: IntakeContext,
): Promise<ClaimOutcome> {
  const { name, fingerprint } = offer;
  const file = { fileId, name, fingerprint };
  const claimed = await look(claimedPath(folders, file));
  if (claimed.kind === "file") {
    const sizeBytes = Number(claimed.fingerprint.sizeBytes);
    events.publish({ kind: "package_claimed", fileId, name: name.text, sizeBytes });
    publishSteps(fileId, offer, events);
    if (isUnchanged(claimed.fingerprint, fingerprint)) return { kind: "claimed", file, held };
    return { kind: "unsettled", fileId };
  }
  if (claimed.kind === "other") {
    const from = pathOf(folders.ingest, name);
    const aside = join(folders.failed, keptName(fileId, name));
    const to = await putBack(claimedPath(folders, file), from, aside);
    log.info({ name: name.text, to: String(to) }, "no regular file: not taken");
  }
  await removeClaimFolder(folders, fileId);
  return { kind: "taken" };
}

function publishSteps(fileId: number, { seenMs, settledMs }: ToClaim, events: Events): void {
  const settle = (settledMs - seenMs) / 1_000;
  const claim = (performance.now() - settledMs) / 1_000;
  events.publish({ kind: "package_step", fileId, step: "settle", seconds: settle });
  events.publish({ kind: "package_step", fileId, step: "claim", seconds: claim });
}

/** Back to where it was; aside if something else lies there by now, which a rename would overwrite. */
async function putBack(claimed: Buffer, to: Buffer, aside: string): Promise<Buffer | string> {
  try {
    await link(claimed, to); // Overwrites nothing. Of a folder there is none, and not of everybody's links.
    await unlink(claimed);
    return to;
  } catch (error) {
    if (!isErrno(error, "EEXIST", "EPERM")) throw error;
    const place = (await look(to)).kind === "gone" ? to : aside;
    await rename(claimed, place);
    return place;
  }
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
