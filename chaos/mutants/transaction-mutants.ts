// Mutants of the batch transaction, of its fences, and of what follows a COMMIT.
import { commitCampaign } from "../campaigns/commits.ts";
import { runCases } from "../campaigns/matrix.ts";
import { loadCampaign } from "../campaigns/special.ts";
import { zombieCampaign } from "../campaigns/zombies.ts";
import type { Mutant } from "./mutant.ts";

const transaction = "persister/batch-transaction.ts";
const committer = "persister/batch-committer.ts";

const commits: Mutant["hunt"] = (campaign, seed) => commitCampaign(campaign, 6, seed);
/** Odd seeds begin with pauses at random moments, even ones with duels. */
const duels: Mutant["hunt"] = (campaign, seed) => zombieCampaign(campaign, 20, seed * 2);

const killAt =
  (point: string, nth: number): Mutant["hunt"] =>
  (campaign) =>
    runCases(campaign, [{ point, action: "kill9", nth, isSure: true }]);

export const transactionMutants: readonly Mutant[] = [
  {
    name: "the epoch is not asked for",
    patches: [
      {
        file: transaction,
        text: "WHERE id = $1 AND owner_epoch = $2 AND checkpoint_line = $3",
        replacement: "WHERE id = $1 AND $2::int IS NOT NULL AND checkpoint_line = $3",
      },
    ],
    hunt: duels,
  },
  {
    name: "no fence at all: neither epoch nor checkpoint",
    patches: [
      {
        file: transaction,
        text: "WHERE id = $1 AND owner_epoch = $2 AND checkpoint_line = $3 AND status = 'processing'",
        replacement: "WHERE id = $1 AND $2::int IS NOT NULL AND $3::bigint IS NOT NULL",
      },
    ],
    hunt: duels,
  },
  {
    name: "the fence is not heeded",
    patches: [
      {
        file: transaction,
        text: 'if (!(await advance(client, owner, batch, imported, rejected))) return { kind: "fenced" };',
        replacement: "await advance(client, owner, batch, imported, rejected);",
      },
    ],
    hunt: duels,
  },
  {
    name: "the checkpoint moves outside of the transaction",
    patches: [
      {
        file: transaction,
        text: 'if (!(await advance(client, owner, batch, imported, rejected))) return { kind: "fenced" };',
        replacement: "",
      },
      {
        file: transaction,
        text: 'return await commit(client, { kind: "committed", imported, rejected }, faults);',
        replacement: `const done = await commit(client, { kind: "committed", imported, rejected }, faults);
    if (done.kind === "committed") await advance(client, owner, batch, imported, rejected);
    return done;`,
      },
    ],
    hunt: killAt("after_commit", 2),
  },
  {
    name: "the answer to COMMIT is not read",
    patches: [
      {
        file: transaction,
        text: 'if (command !== "COMMIT") throw',
        replacement: 'if (command === "") throw',
      },
    ],
    hunt: commits,
  },
  {
    name: "a batch is sent again after any error of COMMIT",
    patches: [
      {
        file: committer,
        text: 'const next = await this.#afterDoubt(owner, batch);\n        if (next.kind === "again" && isFinal',
        replacement:
          'const next: Next = { kind: "again", owner };\n        if (next.kind === "again" && isFinal',
      },
    ],
    hunt: commits,
  },
  {
    name: "a SELECT asks what became of a COMMIT",
    patches: [
      {
        file: "database/ledger.ts",
        text: `.update(files)
      .set({ ownerEpoch: sql\`\${files.ownerEpoch} + 1\`, updatedAt: now })
      .where(and(eq(files.id, id), eq(files.ownerEpoch, epoch)))
      .returning(ledgerColumns);`,
        replacement: `.select(ledgerColumns)
      .from(files)
      .where(and(eq(files.id, id), eq(files.ownerEpoch, epoch)));`,
      },
    ],
    hunt: commits,
  },
  {
    name: "rows are lost on the way and not counted",
    patches: [
      {
        file: "persister/copy-stream.ts",
        text: "await this.#pass(bytes, isUrgent);",
        replacement: "if (bytes.length < 20_000) await this.#pass(bytes, isUrgent);",
      },
      {
        file: "persister/copy-stream.ts",
        text: "if (copy.rowCount !== sent) {",
        replacement: "if (copy.rowCount === null) {",
      },
    ],
    hunt: loadCampaign,
  },
];
