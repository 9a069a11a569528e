// The ledger's statements, each by its sentence: who may change a row, in which state, and what changes with it.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ClaimedPackage } from "../../src/database/entry.ts";
import { Ledger } from "../../src/database/ledger.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { until } from "../support/until.ts";

let database: MigratedDatabase;
let ours: Ledger;
let theirs: Ledger;
let claimed: ClaimedPackage;
beforeAll(async () => {
  database = await createMigratedDatabase();
  ours = new Ledger(database.pool, "us");
  theirs = new Ledger(database.pool, "them");
});
beforeEach(async () => {
  claimed = await newClaim();
});
afterAll(() => database.drop());

const newSha256 = () => randomBytes(32).toString("hex");

async function newClaim(sha256 = newSha256()): Promise<ClaimedPackage> {
  const text = "SELECT nextval(pg_get_serial_sequence('files', 'id'))::int AS id";
  const [row] = await database.rows<{ id: number }>(text);
  return { id: row?.id ?? 0, name: "package", sha256, sizeBytes: 7 };
}

const set = (changes: string, id = claimed.id) =>
  database.run(`UPDATE files SET ${changes} WHERE id = ${id}`);
const attempts = async () => (await ours.find(claimed.id))?.attempts;

describe("enter", () => {
  test("makes a row in work, ours, before its first line", async () => {
    const row = await ours.enter(claimed);
    expect(row).toEqual(await ours.find(claimed.id));
    expect(await ours.find(claimed.id)).toEqual({
      ...claimed,
      satelliteType: null,
      status: "processing",
      owner: "us",
      ownerEpoch: 1,
      attempts: 1,
      totalLines: 0,
      importedLines: 0,
      errors: 0,
      checkpointLine: 1,
      checkpointOffset: 0,
    });
  });

  test("makes one row per content, and one per id; of two at once one is the first", async () => {
    const twin = await newClaim(claimed.sha256);
    const both = await Promise.all([ours.enter(claimed), theirs.enter(twin)]);
    expect(both.filter(Boolean)).toHaveLength(1);
    const anew = await ours.enter({ ...claimed, sha256: newSha256() });
    expect(anew !== undefined).toBe(both[1] !== undefined);
    expect(await ours.enter(twin)).toBeUndefined();
  });
});

describe("findContent", () => {
  test("finds what became of these bytes, and no duplicate of them", async () => {
    expect(await ours.findContent(claimed.sha256)).toBeUndefined();
    await ours.enter(claimed);
    await set("status = 'complete', satellite_type = 'jackal_mk1'");
    const original = await ours.findContent(claimed.sha256);
    if (original === undefined) throw new Error("not found");
    const copy = await newClaim(claimed.sha256);
    await ours.enterDuplicate(copy, original);
    expect((await ours.findContent(claimed.sha256))?.id).toBe(claimed.id);
    const [row] = await database.rows(
      "SELECT status, duplicate_of::int, satellite_type, owner, total_lines::int FROM files WHERE id = $1",
      [copy.id],
    );
    const satellite_type = "jackal_mk1";
    const duplicate = { status: "duplicate", duplicate_of: claimed.id, satellite_type };
    expect(row).toEqual({ ...duplicate, owner: null, total_lines: 0 });
  });
});

test("enterRefused makes a failed row with a reason and no content: many may have none", async () => {
  const other = await newClaim();
  for (const { id, name, sizeBytes } of [claimed, other]) {
    await ours.enterRefused({ id, name, sizeBytes }, "the header is no JSON");
  }
  const rows = await ours.findAll([claimed.id, other.id]);
  expect(rows).toMatchObject([
    { status: "failed", sha256: null, owner: null },
    { status: "failed", sha256: null, owner: null },
  ]);
});

test("findAll of nothing is nothing, findProcessing is whatever is in work, whoever has it", async () => {
  expect(await ours.findAll([])).toEqual([]);
  await theirs.enter(claimed);
  const done = await newClaim();
  await ours.enter(done);
  await set("status = 'complete'", done.id);
  const ids = (await ours.findProcessing()).map(({ id }) => id);
  expect(ids).toContain(claimed.id);
  expect(ids).not.toContain(done.id);
});

describe("takeUpFailed", () => {
  test("takes a failed package up at its checkpoint, with no attempts and no error", async () => {
    await theirs.enter(claimed);
    await set(`status = 'failed', owner = NULL, error = 'gone', attempts = 20, checkpoint_line = 5,
               total_lines = 3, imported_lines = 3`);
    expect(await ours.takeUpFailed(claimed.id, "new name")).toBe(true);
    expect(await ours.find(claimed.id)).toMatchObject({
      status: "processing",
      owner: "us",
      name: "new name",
      attempts: 0,
      checkpointLine: 5,
      importedLines: 3,
    });
    const text = "SELECT error FROM files WHERE id = $1";
    expect(await database.rows(text, [claimed.id])).toEqual([{ error: null }]);
  });

  test("of two at once one has it", async () => {
    await ours.enter(claimed);
    await set("status = 'failed', owner = NULL");
    const both = [ours.takeUpFailed(claimed.id, "a"), theirs.takeUpFailed(claimed.id, "b")];
    expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1);
  });

  test.each(["processing", "complete", "duplicate"])("leaves a %s one alone", async (status) => {
    await theirs.enter(claimed);
    await set(`status = '${status}'`);
    expect(await ours.takeUpFailed(claimed.id, "new name")).toBe(false);
    expect(await ours.find(claimed.id)).toMatchObject({ status, owner: "them", name: "package" });
  });
});

describe("adopt", () => {
  test.each([["them"], [null]])("takes a package over from %s", async (dead) => {
    await theirs.enter(claimed);
    if (dead === null) await set("owner = NULL");
    expect(await ours.adopt(claimed.id, dead)).toBe(true);
    expect((await ours.find(claimed.id))?.owner).toBe("us");
  });

  test("of two at once one has it", async () => {
    await new Ledger(database.pool, "dead").enter(claimed);
    const both = [ours.adopt(claimed.id, "dead"), theirs.adopt(claimed.id, "dead")];
    expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1);
  });

  test("leaves alone what another one has, and what is not in work", async () => {
    await theirs.enter(claimed);
    expect(await ours.adopt(claimed.id, "somebody")).toBe(false);
    expect(await ours.adopt(claimed.id, null)).toBe(false);
    await set("status = 'failed'");
    expect(await ours.adopt(claimed.id, "them")).toBe(false);
    expect((await ours.find(claimed.id))?.owner).toBe("them");
  });
});

describe("own", () => {
  test("raises the epoch and counts the attempt; the start is that of the first run", async () => {
    expect(await ours.enter(claimed)).toMatchObject({ ownerEpoch: 1, attempts: 1 });
    const text = "SELECT started_at::text FROM files WHERE id = $1";
    const [first] = await database.rows(text, [claimed.id]);
    expect(await ours.own(claimed.id, 20)).toMatchObject({ ownerEpoch: 2, attempts: 2 });
    expect(first).toEqual({ started_at: expect.any(String) });
    expect(await database.rows(text, [claimed.id])).toEqual([first]);
  });

  test("lets as many runs begin as are allowed, and changes nothing for one more", async () => {
    await ours.enter(claimed);
    for (const attempt of [2, 3]) {
      expect(await ours.own(claimed.id, 3)).toMatchObject({ attempts: attempt });
    }
    expect(await ours.own(claimed.id, 3)).toBeUndefined();
    expect(await ours.find(claimed.id)).toMatchObject({ attempts: 3, ownerEpoch: 3 });
  });

  test("is not for what another one has, nor for what is not in work", async () => {
    await theirs.enter(claimed);
    expect(await ours.own(claimed.id, 20)).toBeUndefined();
    await set("owner = 'us', status = 'complete'");
    expect(await ours.own(claimed.id, 20)).toBeUndefined();
    expect(await attempts()).toBe(1);
  });

  test("waits for a commit that is under way, and returns what it has written", async () => {
    await ours.enter(claimed);
    const committing = await database.pool.connect();
    await committing.query("BEGIN");
    await committing.query("UPDATE files SET checkpoint_line = 9 WHERE id = $1", [claimed.id]);
    const owned = ours.own(claimed.id, 20);
    await until("the wait", async () => {
      const waiting = `SELECT FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return (await database.rows(waiting)).length > 0;
    });
    await committing.query("COMMIT");
    committing.release();
    expect(await owned).toMatchObject({ checkpointLine: 9 });
  });
});
