// Which package a claimed file is: its bytes decide, never its name. New bytes get a row; bytes that are complete make
// a duplicate; bytes that failed are taken up again at their checkpoint; bytes that are being loaded wait (rule R8).
import { readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { LedgerRow } from "../database/ledger.ts";
import {
  type ClaimedFile,
  claimedPath,
  moveIntoClaim,
  namesInClaim,
  removeClaimFolder,
} from "../folders/claimed-file.ts";
import { isUnchanged, openRegular } from "../folders/file-identity.ts";
import { type HeldFile, openHeld } from "../folders/held-file.ts";
import { sha256Of, sha256OfHeld } from "../folders/sha256.ts";
import type { Happening } from "../observability/events.ts";
import { remove } from "../persister/package-end.ts";
import type { IdentifiedFile, IntakeContext } from "./intake-context.ts";

/** run: to be loaded; `begun` if its first run has begun with its entry. wait: the same bytes are being loaded as that file. ended: nothing is left to be done. */
export type Identification =
  | { readonly kind: "run"; readonly file: IdentifiedFile; readonly begun?: LedgerRow }
  | { readonly kind: "wait"; readonly forFileId: number }
  | { readonly kind: "ended" };

/** look again: the row was changed by somebody else since it was looked up. */
type Decision = Identification | "look again";

/** Finds the package's row, or makes it. The row is this daemon's where the answer is "run". */
export async function identify(
  file: IdentifiedFile,
  context: IntakeContext,
): Promise<Identification> {
  const { database, faults, stopping } = context;
  const claimed = { id: file.fileId, name: file.name.text, ...describe(file) };
  for (;;) {
    stopping.throwIfAborted();
    // Entered first and looked up only if that fails: nearly every package is new.
    const begun = await database.use(stopping, ({ ledger }) => ledger.enter(claimed));
    await faults.at("after_ledger_insert");
    if (begun !== undefined) return { kind: "run", file, begun };
    const existing = await database.use(stopping, ({ ledger }) => ledger.findContent(file.sha256));
    if (existing === undefined) {
      if (await isIdTaken(file, context)) return { kind: "ended" };
    } else {
      const decided = await decide(file, existing, context);
      if (decided !== "look again") return decided;
    }
  }
}

async function decide(
  file: IdentifiedFile,
  existing: LedgerRow,
  context: IntakeContext,
): Promise<Decision> {
  const { database, stopping } = context;
  if (existing.id === file.fileId) return ofItsOwnRow(file, existing, context);
  switch (existing.status) {
    case "complete": {
      const duplicate = { id: file.fileId, name: file.name.text, ...describe(file) };
      await database.use(stopping, ({ ledger }) => ledger.enterDuplicate(duplicate, existing));
      context.events.publish(duplicateEnded(file, existing));
      await remove(file, context);
      return { kind: "ended" };
    }
    case "failed":
      return withInHand(existing.id, context, () => takeUpAgain(file, existing.id, context));
    default:
      return besidesOneInWork(file, existing, context);
  }
}

/**
 * The claim is entered already. By us, if the answer to that was lost; else another daemon took it over while our
 * session was lost. That one goes on with it; if it is gone, the next sweep does, and carries out an end that is due.
 */
function ofItsOwnRow(
  file: IdentifiedFile,
  { status, owner }: LedgerRow,
  { database }: IntakeContext,
): Identification {
  const isOurs = status === "processing" && owner === database.owner;
  return isOurs ? { kind: "run", file } : { kind: "ended" };
}

/** The same bytes are in work: ours, another daemon's, or left behind by one that is gone. */
async function besidesOneInWork(
  file: IdentifiedFile,
  { id, owner }: LedgerRow,
  context: IntakeContext,
): Promise<Decision> {
  const { database, stopping, folders } = context;
  const wait = { kind: "wait", forFileId: id } as const;
  if (owner !== database.owner && (await isLiving(owner, context))) return wait;
  return withInHand(id, context, async () => {
    if ((await namesInClaim(folders, id)).length > 0) return wait; // The next sweep takes it over.
    // Ours too: it may have come to its end since it was looked up.
    const adopted = await database.use(stopping, ({ ledger }) => ledger.adopt(id, owner));
    return adopted ? takePlace(file, id, context) : "look again";
  });
}

async function isLiving(
  owner: string | null,
  { database, stopping }: IntakeContext,
): Promise<boolean> {
  if (owner === null) return false;
  const living = await database.use(stopping, ({ session }) => session.living([owner]));
  return living.has(owner);
}

/**
 * Has the package of an earlier row in hand during the step that may give it this file, and on through its run. If it
 * were so only afterwards, a twin that looked meanwhile would see it in work with nobody at it, and take its place too.
 */
async function withInHand(
  fileId: number,
  { inHand }: IntakeContext,
  step: () => Promise<Decision>,
): Promise<Decision> {
  // A twin is at it, or its last run is about to put its file aside.
  if (inHand.has(fileId)) return { kind: "wait", forFileId: fileId };
  inHand.add(fileId);
  let decision: Decision = "look again";
  try {
    decision = await step();
    return decision;
  } finally {
    // After an error a later sweep finds the file, in the one claim or in the other.
    if (decision === "look again" || decision.kind !== "run") inHand.delete(fileId);
  }
}

async function takeUpAgain(
  file: IdentifiedFile,
  fileId: number,
  context: IntakeContext,
): Promise<Decision> {
  const { database, folders, stopping } = context;
  // Its last run has not put its file aside, and ended: the next sweep does. Two files there would both be kept.
  if ((await namesInClaim(folders, fileId)).length > 0) return { kind: "wait", forFileId: fileId };
  // Before the row is taken up: a daemon that ends in between leaves one copy, the one in hand, and not two.
  await removeFailedCopies({ ...file, fileId }, context);
  const { name } = file;
  const taken = await database.use(stopping, ({ ledger }) =>
    ledger.takeUpFailed(fileId, name.text),
  );
  return taken ? takePlace(file, fileId, context) : "look again";
}

/** The file becomes that of an earlier row with the same bytes. */
async function takePlace(
  file: IdentifiedFile,
  fileId: number,
  { events, folders }: IntakeContext,
): Promise<Identification> {
  const moved = { ...file, fileId };
  await moveIntoClaim(folders, claimedPath(folders, file), moved);
  await removeClaimFolder(folders, file.fileId);
  const [claimId, name] = [file.fileId, file.name.text];
  events.publish({ kind: "package_known", claimId, fileId, name });
  return { kind: "run", file: moved };
}

/** What an earlier run had set aside of this package: the same bytes are in hand again, so the copy is one too many. */
async function removeFailedCopies(
  { fileId, sha256 }: IdentifiedFile,
  { folders }: IntakeContext,
): Promise<void> {
  const names = await readdir(folders.failed);
  for (const name of names.filter((kept) => kept.startsWith(`${fileId}-`))) {
    const path = join(folders.failed, name);
    const opened = await openRegular(path);
    if (opened.kind !== "file") continue;
    const isSame = (await sha256Of(opened.handle).finally(() => opened.handle.close())) === sha256;
    if (isSame) await unlink(path);
  }
}

/** Another daemon took the claim over while our session was lost. */
async function isIdTaken(
  { fileId }: IdentifiedFile,
  { database, stopping }: IntakeContext,
): Promise<boolean> {
  const row = await database.use(stopping, ({ ledger }) => ledger.find(fileId));
  return row !== undefined && row.owner !== database.owner;
}

function duplicateEnded(file: IdentifiedFile, original: LedgerRow): Happening {
  return {
    kind: "package_ended",
    outcome: "duplicate",
    fileId: file.fileId,
    name: file.name.text,
    satelliteType: original.satelliteType,
    sizeBytes: Number(file.fingerprint.sizeBytes),
    totalLines: 0,
    importedLines: 0,
    errors: 0,
    seconds: 0,
    duplicateOf: original.id,
  };
}

const describe = (file: IdentifiedFile) => ({
  sha256: file.sha256,
  sizeBytes: Number(file.fingerprint.sizeBytes),
});

/** The bytes of a claimed file. @returns undefined if it is gone, or changed while it was read */
export async function readIdentity(
  file: ClaimedFile,
  context: IntakeContext,
): Promise<IdentifiedFile | undefined> {
  const held = await openHeld(claimedPath(context.folders, file));
  if (held === undefined) return undefined;
  try {
    return await readHeldIdentity(file, held, context);
  } finally {
    await held.release();
  }
}

/** The same for a file that is open. It stays open, whatever the answer. */
export async function readHeldIdentity(
  file: ClaimedFile,
  held: HeldFile,
  { events, stopping }: IntakeContext,
): Promise<IdentifiedFile | undefined> {
  const begunMs = performance.now();
  const sha256 = await sha256OfHeld(held, Number(file.fingerprint.sizeBytes), stopping);
  if (!isUnchanged(held.fingerprint(), file.fingerprint)) return undefined;
  const seconds = (performance.now() - begunMs) / 1_000;
  events.publish({ kind: "package_step", fileId: file.fileId, step: "hash", seconds });
  return { ...file, sha256 };
}
