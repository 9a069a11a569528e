// A COMMIT whose answer is lost: the checkpoint decides, as it stands when no commit can still land. The proxy is the
// network between the daemon and the server.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { faultsAt, first } from "../support/chosen-faults.ts";
import { makeCommitter } from "../support/committer-fixture.ts";
import { DatabaseProxy } from "../support/database-proxy.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import {
  badLine,
  batchOfLines,
  beginPackage,
  goodLines,
  ownerOf,
  range,
  stored,
} from "../support/package-fixture.ts";
import { type RunningDatabase, runDatabase } from "../support/running-database.ts";
import { until } from "../support/until.ts";

let direct: MigratedDatabase;
let proxy: DatabaseProxy;
let running: RunningDatabase;
beforeAll(async () => {
  direct = await createMigratedDatabase();
});
beforeEach(async () => {
  proxy = new DatabaseProxy(direct.url);
  await proxy.open();
  running = runDatabase(proxy.url);
});
afterEach(async () => {
  await running.stop();
  await proxy.close();
});
afterAll(() => direct.drop());

const lines = [badLine, ...goodLines(5)];
const allIn = {
  total: 6,
  imported: 5,
  errors: 1,
  checkpoint: 8,
  lines: range(3, 7),
  rejected: [2],
};

const committed = (fileId: number) => async () => (await stored(direct, fileId)).checkpoint > 1;

/** Cuts the network behind the COMMIT, whose answer never comes. */
const cutAfterCommit = (fileId: number) => async () => {
  proxy.holdAnswers();
  await until("the commit", committed(fileId));
  proxy.cut();
};

test.each([
  [false, "processing"],
  [true, "complete"],
] as const)("a commit that landed counts, the last batch: %s", async (last, status) => {
  const row = await beginPackage(direct);
  const faults = faultsAt({ commit_sent: first(cutAfterCommit(row.id)) });
  const { committer } = makeCommitter(running, faults);
  const batch = batchOfLines(lines, last);
  const outcome = await committer.commit(ownerOf(row), batch);
  expect(outcome).toEqual({
    kind: "committed",
    imported: 5,
    rejected: 1,
    owner: { fileId: row.id, epoch: row.ownerEpoch + 1, checkpoint: batch.next, errors: 1 },
  });
  expect(await stored(direct, row.id)).toEqual({ ...allIn, status });
});

test("a commit that never arrived is sent again, under a new epoch, and once in the table", async () => {
  const row = await beginPackage(direct);
  const faults = faultsAt({
    before_commit: first(() => proxy.holdRequests()),
    commit_sent: first(() => proxy.cut()),
  });
  const { committer } = makeCommitter(running, faults);
  const outcome = await committer.commit(ownerOf(row), batchOfLines(lines));
  expect(outcome).toMatchObject({ kind: "committed", owner: { epoch: row.ownerEpoch + 1 } });
  expect(await stored(direct, row.id)).toMatchObject(allIn);
});

test("a commit that landed counts also when the answer to the question for it is lost", async () => {
  const row = await beginPackage(direct);
  const { pool } = await running.database.whenReady(AbortSignal.timeout(10_000));
  const both = await Promise.all([pool.connect(), pool.connect()]); // For the batch, and for the question.
  for (const client of both) client.release();
  const faults = faultsAt({ commit_sent: first(() => proxy.holdAnswers()) });
  const { committer } = makeCommitter(running, faults, { transactionMs: 300 });
  const outcome = committer.commit(ownerOf(row), batchOfLines(lines, true));
  const raised = row.ownerEpoch + 1;
  await until(
    "the raised epoch",
    async () => (await direct.ledger.find(row.id))?.ownerEpoch === raised,
  );
  proxy.cut();
  expect(await outcome).toMatchObject({ kind: "committed", owner: { epoch: raised } });
  expect(await stored(direct, row.id)).toEqual({ ...allIn, status: "complete" });
});

test("a commit that is still landing is waited for, and not sent again", async () => {
  await direct.run(`
    CREATE FUNCTION slow_commit() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_sleep(0.6); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER slow_commit AFTER UPDATE ON files DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW WHEN (OLD.checkpoint_line < NEW.checkpoint_line) EXECUTE FUNCTION slow_commit()`);
  try {
    const row = await beginPackage(direct);
    const isCommitting = async () => {
      const backends = await direct.rows(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1 AND wait_event = 'PgSleep'",
        [`downlink file ${row.id} epoch ${row.ownerEpoch}`],
      );
      return backends.length === 1;
    };
    let cutAtCheckpoint: number | undefined;
    const faults = faultsAt({
      commit_sent: first(async () => {
        await until("the commit under way", isCommitting);
        proxy.cut();
        cutAtCheckpoint = (await stored(direct, row.id)).checkpoint;
      }),
      after_copy: () => attempts++,
    });
    let attempts = 0;
    const { committer } = makeCommitter(running, faults);
    const outcome = await committer.commit(ownerOf(row), batchOfLines(lines));
    expect(cutAtCheckpoint).toBe(1); // A SELECT at that moment would have decided wrong.
    expect(outcome).toMatchObject({ kind: "committed", imported: 5, rejected: 1 });
    expect(attempts).toBe(1);
    expect(await stored(direct, row.id)).toMatchObject(allIn);
  } finally {
    await direct.run("DROP TRIGGER slow_commit ON files; DROP FUNCTION slow_commit");
  }
});

test("a package that another run has taken meanwhile is let go", async () => {
  const row = await beginPackage(direct);
  const faults = faultsAt({
    commit_sent: first(async () => {
      await cutAfterCommit(row.id)();
      await direct.ledger.own(row.id, 20);
    }),
  });
  const { committer } = makeCommitter(running, faults);
  const outcome = await committer.commit(ownerOf(row), batchOfLines(lines));
  expect(outcome).toEqual({ kind: "let_go" });
  expect(await stored(direct, row.id)).toMatchObject(allIn);
});

/** Runs `work` while the server answers the next commits of rows with an error, as often as is said. */
async function refusingCommits(sqlState: string, times: number, work: () => Promise<void>) {
  await direct.run(`
    CREATE SEQUENCE refusals;
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF nextval('refusals') <= ${times} THEN RAISE 'refused' USING ERRCODE = '${sqlState}'; END IF;
      RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON telemetry DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION refuse()`);
  try {
    await work();
  } finally {
    await direct.run(
      "DROP TRIGGER refuse ON telemetry; DROP FUNCTION refuse; DROP SEQUENCE refusals",
    );
  }
}

test("a commit that the server refuses for now is sent again, each time under a new epoch", () =>
  refusingCommits("40001", 2, async () => {
    const row = await beginPackage(direct);
    const { committer } = makeCommitter(running);
    const outcome = await committer.commit(ownerOf(row), batchOfLines(lines));
    expect(outcome).toMatchObject({ kind: "committed", owner: { epoch: row.ownerEpoch + 2 } });
    expect(await stored(direct, row.id)).toMatchObject(allIn);
  }));

test("a commit that the server will always refuse is a crash, not an endless loop", () =>
  refusingCommits("23503", 1_000, async () => {
    const row = await beginPackage(direct);
    const { committer } = makeCommitter(running);
    const attempt = committer.commit(ownerOf(row), batchOfLines(lines));
    await expect(attempt).rejects.toMatchObject({ code: "23503" });
    expect(await stored(direct, row.id)).toMatchObject({ total: 0, lines: [], checkpoint: 1 });
  }));
