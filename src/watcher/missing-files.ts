// Rows in work whose file is nowhere: somebody has taken it away. They are given up, loudly, since nothing else would ever
// bring them to an end.
import type { LedgerRow } from "../database/ledger.ts";
import { claimIds, fileInClaim, namesInClaim } from "../folders/claimed-file.ts";
import { look } from "../folders/file-identity.ts";
import { packageName, pathOf } from "../folders/package-name.ts";
import { figuresOf } from "../persister/package-news.ts";
import { rowsOf } from "./claim-rows.ts";
import type { IntakeContext } from "./intake-context.ts";

/** Gives up all of them, of this daemon and of dead ones on these folders. */
export async function giveUpMissing(context: IntakeContext): Promise<void> {
  const { database, folders, inHand, stopping } = context;
  const inWork = await database.use(stopping, ({ ledger }) => ledger.findProcessing());
  const here = inWork.filter(({ id, owner }) => !inHand.has(id) && isFrom(owner, folders.id));
  const { living } = await rowsOf(
    here.map(({ id }) => id),
    context,
  );
  for (const row of here) {
    const isOurs = row.owner === database.owner;
    if (!isOurs && row.owner !== null && living.has(row.owner)) continue;
    // In this order, since a file goes this way: one that moves meanwhile is seen before or after.
    if (await mayComeAgain(row, context)) continue;
    if ((await namesInClaim(folders, row.id)).length > 0) continue;
    if (inHand.has(row.id)) continue; // By now.
    await giveUp(row, context);
  }
}

/** Whether a daemon on these folders had it; several folders may share a database. */
function isFrom(owner: string | null, folderId: string): boolean {
  return owner === null || owner.endsWith(`@${folderId}`);
}

/** Whether these very bytes may be on their way to the row: put back by a person, or claimed and not yet known. */
async function mayComeAgain(
  { name, sizeBytes }: LedgerRow,
  { database, folders, stopping }: IntakeContext,
): Promise<boolean> {
  const inInbox = await look(pathOf(folders.ingest, packageName(Buffer.from(name))));
  if (inInbox.kind === "file") return true;
  const claims = await claimIds(folders);
  const rows = await database.use(stopping, ({ ledger }) => ledger.findAll(claims));
  const known = new Set(rows.map(({ id }) => id));
  for (const fileId of claims.filter((id) => !known.has(id))) {
    const file = await fileInClaim(folders, fileId);
    if (file !== undefined && Number(file.fingerprint.sizeBytes) === sizeBytes) return true;
  }
  return false;
}

async function giveUp(
  row: LedgerRow,
  { database, events, stopping }: IntakeContext,
): Promise<void> {
  const isOurs = row.owner === database.owner;
  const adopt = () => database.use(stopping, ({ ledger }) => ledger.adopt(row.id, row.owner));
  if (!isOurs && !(await adopt())) return;
  const error = `the file is gone: it was taken away from processing/ before line ${row.checkpointLine} was loaded`;
  // Not if it came to its end while we looked.
  const isFailed = await database.use(stopping, ({ ledger }) => ledger.failOwned(row, error));
  if (!isFailed) return;
  const ended = { seconds: 0, error };
  events.publish({ kind: "package_ended", outcome: "failed", ...figuresOf(row), ...ended });
}
