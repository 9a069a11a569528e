// Mutants of everything but the transaction: values, files, recovery, connections.
import { commitCampaign } from "../campaigns/commits.ts";
import { runCases } from "../campaigns/matrix.ts";
import { loadCampaign, poisonCampaign, swapCampaign } from "../campaigns/special.ts";
import type { Mutant } from "./mutant.ts";

const rows = "persister/telemetry-rows.ts";

export const otherMutants: readonly Mutant[] = [
  {
    name: "the file is deleted before the last COMMIT",
    patches: [
      {
        file: "persister/data-persister.ts",
        text: "import type { ClaimedFile } from",
        replacement: "import { type ClaimedFile, removeClaimedFile } from",
      },
      {
        file: "persister/data-persister.ts",
        text: "held !== undefined && isUnchanged(",
        replacement:
          'held !== undefined && (await removeClaimedFile(this.#options.folders, this.#file)) === "done" && isUnchanged(',
      },
    ],
    // Of the first commits, some are the last of their package.
    hunt: (campaign) =>
      runCases(
        campaign,
        [2, 3, 5, 6, 8].map((nth) => ({
          point: "before_commit",
          action: "kill9",
          nth,
          isSure: true,
        })),
      ),
  },
  {
    name: "a lost connection in use is nobody's business",
    patches: [
      {
        file: "database/pool.ts",
        text: 'function ignoreErrors(client: pg.ClientBase): void {\n  client.on("error", () => {});',
        replacement: "function ignoreErrors(_client: pg.ClientBase): void {",
      },
    ],
    hunt: (campaign, seed) => commitCampaign(campaign, 6, seed),
  },
  {
    name: "runs are not counted before the work",
    patches: [
      {
        file: "database/ledger.ts",
        text: "files.attempts} + 1`,",
        replacement: "files.attempts}`,",
      },
    ],
    hunt: poisonCampaign,
  },
  {
    name: "recovery deletes without comparing bytes",
    patches: [
      {
        file: "watcher/recovery.ts",
        text: "if (identified.sha256 !== row.sha256) return this.#asNew(identified);",
        replacement: "",
      },
    ],
    hunt: swapCampaign,
  },
  {
    name: "times go through milliseconds",
    patches: [
      {
        file: rows,
        text: "writer.int8((timestampUs[index] ?? 0n) - postgresEpochUs);",
        replacement:
          "writer.int8(((timestampUs[index] ?? 0n) / 1_000n) * 1_000n - postgresEpochUs);",
      },
    ],
    hunt: loadCampaign,
  },
  {
    name: "-0 becomes 0",
    patches: [
      {
        file: rows,
        text: "writer.float8(velocity[index] ?? 0);",
        replacement: "writer.float8((velocity[index] ?? 0) + 0);",
      },
    ],
    hunt: loadCampaign,
  },
  {
    name: "chunks are given memory that others still have",
    patches: [
      {
        file: "staging/chunk-memory.ts",
        text: "this.#free.pop()",
        replacement: "this.#free.at(-1)",
      },
    ],
    hunt: loadCampaign,
  },
  {
    name: "a blank line counts",
    patches: [
      {
        file: "parsers/line-bounds.ts",
        text: "if (!areBlank(bytes, start, end)) {",
        replacement: "if (end >= start) {",
      },
    ],
    hunt: loadCampaign,
  },
  {
    name: "a duplicate is deleted and not entered",
    patches: [
      {
        file: "watcher/identify.ts",
        text: "await database.use(stopping, ({ ledger }) => ledger.enterDuplicate(duplicate, existing));",
        replacement: "void duplicate;",
      },
    ],
    hunt: loadCampaign,
  },
  {
    name: "rejected lines are counted and not stored",
    patches: [
      {
        file: "persister/batch-transaction.ts",
        text: "if (stored.length === 0) return;",
        replacement: "if (stored.length < 1_000_000) return;",
      },
    ],
    hunt: loadCampaign,
  },
];
