// Two batches of one package at a time: what the second one may do while the first is not yet in.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { FaultPoint } from "../../src/observability/fault-points.ts";
import { Throttle } from "../../src/persister/throttle.ts";
import { faultsAt, first } from "../support/chosen-faults.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { badLine, goodLine, goodLines, range, stored } from "../support/package-fixture.ts";
import { makePersister, type PersisterFixture } from "../support/persister-fixture.ts";
import { type RunningDatabase, runDatabase } from "../support/running-database.ts";
import { until } from "../support/until.ts";

let database: MigratedDatabase;
let running: RunningDatabase;
let subject: PersisterFixture;
beforeAll(async () => {
  database = await createMigratedDatabase();
  running = runDatabase(database.url);
});
afterEach(() => subject.remove());
afterAll(async () => {
  await running.stop();
  await database.drop();
});

const now = () => stored(database, subject.row.id);

/** How often each point was reached. */
let reached: Map<FaultPoint, number>;
const timesAt = (point: FaultPoint): number => reached.get(point) ?? 0;

/** Begins to load the lines in batches of four. */
async function load(
  lines: readonly string[],
  actions: Readonly<Partial<Record<FaultPoint, () => unknown>>>,
): Promise<void> {
  reached = new Map();
  const faults = faultsAt(actions);
  const counting = {
    async at(point: FaultPoint) {
      reached.set(point, timesAt(point) + 1);
      await faults.at(point);
    },
  };
  subject = await makePersister(database, running, { batchRows: () => 4, faults: counting });
  subject.open();
  await subject.read(lines);
  subject.end();
}

const ten = [...goodLines(4), badLine, ...goodLines(5)];
const twoCopied = () => until("the rows of two batches", () => timesAt("after_copy") >= 2);

const allIn = {
  status: "complete",
  total: 10,
  imported: 9,
  errors: 1,
  checkpoint: 12,
  lines: [...range(2, 5), ...range(7, 11)],
  rejected: [6],
};

test("the rows of a batch are sent while the one before it is not yet committed", async () => {
  await load(ten, { before_commit: first(twoCopied) });
  expect(await subject.persister.exited).toEqual({ kind: "normal" });
  expect(await now()).toEqual(allIn);
});

test("a batch is committed after the one before it, however early its rows were there", async () => {
  const checkpoints: number[] = [];
  await load(ten, {
    before_checkpoint: first(twoCopied),
    after_commit: async () => checkpoints.push((await now()).checkpoint),
  });
  expect(await subject.persister.exited).toEqual({ kind: "normal" });
  expect(checkpoints).toEqual([6, 10, 12]);
});

test("behind a batch that needs a second attempt, what was sent is dropped and sent again", async () => {
  const checkpoints: number[] = [];
  const fail = async () => {
    await twoCopied();
    throw Object.assign(new Error("could not serialize"), { code: "40001" });
  };
  await load(ten, {
    before_commit: first(fail),
    after_commit: async () => checkpoints.push((await now()).checkpoint),
  });
  expect(await subject.persister.exited).toEqual({ kind: "normal" });
  expect(await now()).toEqual(allIn);
  expect(checkpoints).toEqual([6, 10, 12]);
  expect([timesAt("after_copy"), timesAt("before_commit")]).toEqual([5, 4]);
});

test("behind a COMMIT that was not answered, the next batch goes in under the raised epoch", async () => {
  const lose = async () => {
    await twoCopied();
    await until("the commit", async () => (await now()).checkpoint === 6);
    throw new Error("the answer is lost");
  };
  await load(ten, { commit_sent: first(lose) });
  expect(await subject.persister.exited).toEqual({ kind: "normal" });
  expect(await now()).toEqual(allIn);
  const [row] = await database.rows<{ epoch: number }>(
    "SELECT owner_epoch AS epoch FROM files WHERE id = $1",
    [subject.row.id],
  );
  expect(row?.epoch).toBe(subject.row.ownerEpoch + 1);
});

test("what the server has against a batch is asked only when the one before it is in", async () => {
  await database.run("ALTER TABLE telemetry ADD CONSTRAINT odd CHECK (velocity <> 13)");
  try {
    const lines = [...goodLines(5), goodLine({ velocity: 13 }), ...goodLines(4)];
    // The second batch has sent its rows, of which the server refuses one.
    const secondSent = () => until("the rows of two batches", () => timesAt("mid_copy") >= 2);
    await load(lines, { before_commit: first(secondSent) });
    expect(await subject.persister.exited).toEqual({ kind: "normal" });
    expect(await now()).toMatchObject({
      status: "complete",
      lines: [...range(2, 6), ...range(8, 11)],
      rejected: [7],
    });
  } finally {
    await database.run("ALTER TABLE telemetry DROP CONSTRAINT odd");
  }
});

test("a package that cannot be read on is failed when what is in work is in", async () => {
  subject = await makePersister(database, running, {
    batchRows: () => 4,
    faults: faultsAt({
      before_commit: first(() => subject.staging.end({ kind: "unreadable", error: "EIO" })),
    }),
  });
  subject.open();
  await subject.read(goodLines(6));
  expect(await subject.persister.exited).toEqual({ kind: "normal" });
  expect(await now()).toMatchObject({ status: "failed", lines: range(2, 5), checkpoint: 6 });
});

test("a bug in a batch ends the persister, and leaves no transaction of the next one open", async () => {
  const fail = async () => {
    await twoCopied();
    throw new Error("a bug");
  };
  await load(ten, { before_commit: first(fail) });
  expect(await subject.persister.exited).toMatchObject({ kind: "crash" });
  expect(await now()).toMatchObject({ status: "processing", total: 0, lines: [] });
  await until("the end of its connections", async () => {
    const [open] = await database.rows<{ count: number }>(
      `SELECT count(*)::int FROM pg_stat_activity
        WHERE starts_with(application_name, 'downlink file ${subject.row.id} ')`,
    );
    return open?.count === 0;
  });
});

test("a batch that waits when the ceiling is lowered goes in by parts that this one allows", async () => {
  const limits = { rowsPerSecond: 0, pauseMs: 0, share: 1 };
  const throttle = new Throttle({
    limits: () => limits,
    maxTransactions: { large: 1, small: 1 },
  });
  let leave = (): void => {};
  const signal = new AbortController().signal;
  const other = throttle.run({ fileId: 0, rows: 10 }, signal, async () => {
    await new Promise<void>((resolve) => (leave = resolve));
  });
  const checkpoints: number[] = [];
  subject = await makePersister(database, running, {
    throttle,
    batchRows: () => 8,
    faults: faultsAt({ after_commit: async () => checkpoints.push((await now()).checkpoint) }),
  });
  subject.open();
  await subject.read(goodLines(8));
  subject.end();
  await until("the wait for the turn", () => throttle.waiting === 1);
  limits.rowsPerSecond = 3;
  throttle.changed();
  leave();
  await other;
  await until("the first commit", () => checkpoints.length > 0);
  limits.rowsPerSecond = 0;
  throttle.changed();
  expect(await subject.persister.exited).toEqual({ kind: "normal" });
  expect(checkpoints[0]).toBe(4); // Two lines behind the header.
  expect(await now()).toMatchObject({ status: "complete", imported: 8, lines: range(2, 9) });
});

test("a batch has its turn only when the one before it has had its own", async () => {
  const throttle = new Throttle({
    limits: () => ({ rowsPerSecond: 0, pauseMs: 0, share: 1 }),
    maxTransactions: { large: 1, small: 4 },
  });
  let leave = (): void => {};
  const other = throttle.run(
    { fileId: 0, rows: 10_000 },
    new AbortController().signal,
    () => new Promise<void>((resolve) => (leave = resolve)),
  );
  const copied: number[] = [];
  subject = await makePersister(database, running, {
    throttle,
    batchRows: () => 5_000,
    faults: faultsAt({ before_begin: () => copied.push(throttle.waiting) }),
  });
  subject.open();
  await subject.read(goodLines(5_001)); // A large batch, and a small one, for which there is a place at once.
  subject.end();
  await until("the wait for the turn", () => throttle.waiting === 1);
  await now(); // Time enough for the small one to be sent, if it were.
  expect(copied).toEqual([]);
  leave();
  await other;
  expect(await subject.persister.exited).toEqual({ kind: "normal" });
  expect(await now()).toMatchObject({ status: "complete", imported: 5_001 });
});
