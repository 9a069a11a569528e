// D7: a connection on which nothing is said any more, neither an answer nor an end. A transaction has its own deadline;
// the network is a proxy's.
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { noFaults } from "../../src/observability/fault-points.ts";
import { Throttle } from "../../src/persister/throttle.ts";
import { faultsAt, first } from "../support/chosen-faults.ts";
import { makeCommitter } from "../support/committer-fixture.ts";
import { DatabaseProxy } from "../support/database-proxy.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import {
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
beforeEach(async () => {
  direct = await createMigratedDatabase();
  proxy = new DatabaseProxy(direct.url);
  await proxy.open();
  running = runDatabase(proxy.url);
});
afterEach(async () => {
  await running.stop();
  await proxy.close();
  await direct.drop();
});

const transactionMs = 300;
const allIn = { imported: 5, errors: 0, checkpoint: 7, lines: range(2, 6) };

test("amid a COPY: the connection is cut at the deadline, and less is asked of the server", async () => {
  const row = await beginPackage(direct);
  const faults = faultsAt({ mid_copy: first(() => proxy.holdAnswers()) });
  const { committer } = makeCommitter(running, faults, { transactionMs });
  const batch = batchOfLines(goodLines(5));
  expect(await committer.commit(ownerOf(row), batch)).toEqual({
    kind: "too_slow",
    owner: ownerOf(row),
  });
  expect(await stored(direct, row.id)).toMatchObject({ imported: 0, lines: [] });
  expect(await committer.commit(ownerOf(row), batch)).toMatchObject({ kind: "committed" });
  expect(await stored(direct, row.id)).toMatchObject(allIn);
});

test("what a transaction rests for others does not count", async () => {
  const row = await beginPackage(direct);
  let share = 1;
  const throttle = new Throttle({
    limits: () => ({ rowsPerSecond: 0, pauseMs: 0, share }),
    maxTransactions: { large: 1, small: 1 },
  });
  const signal = new AbortController().signal;
  const rows = 5_000;
  await throttle.run({ fileId: 0, rows }, signal, () => delay(50)); // 0.01 ms a row.
  share = 0.05;
  const { committer } = makeCommitter(running, noFaults, { throttle, transactionMs: 500 });
  const begunAtMs = performance.now();
  const outcome = await committer.commit(ownerOf(row), batchOfLines(goodLines(rows)));
  expect(outcome).toMatchObject({ kind: "committed", imported: rows });
  expect(performance.now() - begunAtMs).toBeGreaterThan(900); // A second, nearly all of it rest.
});

test("amid a COPY: a session that is as silent is found out, though nobody has asked it", async () => {
  await running.stop();
  running = runDatabase(proxy.url, "test", true, {
    silenceMs: 60_000,
    answerMs: 1_000,
    lockMs: 500,
  });
  const row = await beginPackage(direct);
  const faults = faultsAt({ mid_copy: first(() => proxy.holdAnswers()) });
  const { committer } = makeCommitter(running, faults, { transactionMs });
  const outcome = await committer.commit(ownerOf(row), batchOfLines(goodLines(5)));
  expect(outcome).toMatchObject({ kind: "too_slow" });
  await until("the loss of the session", () => running.database.state.kind === "away");
});

test("amid a batch of a single line: it is tried again as it is", async () => {
  const row = await beginPackage(direct);
  const faults = faultsAt({ after_copy: first(() => proxy.holdAnswers()) });
  const { committer } = makeCommitter(running, faults, { transactionMs });
  const outcome = await committer.commit(ownerOf(row), batchOfLines(goodLines(1)));
  expect(outcome).toMatchObject({ kind: "committed", imported: 1 });
  expect(await stored(direct, row.id)).toMatchObject({ imported: 1, lines: [2] });
});

test.each(["holdAnswers", "holdRequests"] as const)(
  "behind COMMIT (%s): the checkpoint says whether the batch is in, and it is in once",
  async (hold) => {
    const row = await beginPackage(direct);
    const faults = faultsAt({ before_commit: first(() => proxy[hold]()) });
    const { committer } = makeCommitter(running, faults, { transactionMs });
    const outcome = await committer.commit(ownerOf(row), batchOfLines(goodLines(5)));
    expect(outcome).toMatchObject({ kind: "committed", owner: { epoch: row.ownerEpoch + 1 } });
    expect(await stored(direct, row.id)).toMatchObject(allIn);
  },
);
