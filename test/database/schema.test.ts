// The tables as the contract has them (its section 5) and that of the settings, written out here a second time: name, type, whether it may be
// null, default. And the rules that the database itself keeps.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";

let database: MigratedDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const contract = {
  files: `
    id                bigint                    not null  identity
    name              text                      not null
    sha256            text
    size_bytes        bigint                    not null
    satellite_type    text
    header            jsonb
    status            text                      not null
    total_lines       bigint                    not null  0
    imported_lines    bigint                    not null  0
    errors            bigint                    not null  0
    checkpoint_line   bigint                    not null  1
    checkpoint_offset bigint                    not null  0
    owner_epoch       integer                   not null  0
    attempts          integer                   not null  0
    owner             text
    duplicate_of      bigint
    error             text
    first_timestamp   timestamp with time zone
    last_timestamp    timestamp with time zone
    inserted_at       timestamp with time zone  not null  now()
    started_at        timestamp with time zone
    completed_at      timestamp with time zone
    updated_at        timestamp with time zone  not null  now()`,
  telemetry: `
    file_id           bigint                    not null
    line              integer                   not null
    timestamp         timestamp with time zone  not null
    velocity          double precision          not null
    altitude          double precision          not null
    latitude          double precision          not null
    longitude         double precision          not null
    instruments       jsonb                     not null`,
  rejected_lines: `
    file_id           bigint                    not null
    line              integer                   not null
    byte_offset       bigint                    not null
    reason            text                      not null
    detail            text
    raw               bytea                     not null
    rejected_at       timestamp with time zone  not null  now()`,
  settings: `
    name              text                      not null
    value             text                      not null
    note              text
    updated_at        timestamp with time zone  not null  now()`,
} as const;

/** Words without the spaces that align them. */
const plain = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => line.trim().replace(/\s+/g, " "));

test.each(Object.entries(contract))(
  "%s has the contract's columns, in its order",
  async (table, columns) => {
    const rows = await database.rows<{ column: string }>(
      `SELECT concat_ws(' ', column_name, data_type, CASE is_nullable WHEN 'NO' THEN 'not null' END,
              CASE WHEN is_identity = 'YES' THEN 'identity' ELSE column_default END) AS column
       FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1
      ORDER BY ordinal_position`,
      [table],
    );
    expect(rows.map(({ column }) => column)).toEqual(plain(columns));
  },
);

test("keys, checks and indexes are the contract's, and no foreign key is there", async () => {
  const constraints = await database.rows<{ rule: string }>(
    `SELECT conrelid::regclass || ': ' || pg_get_constraintdef(oid) AS rule FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1`,
  );
  expect(constraints.map(({ rule }) => rule)).toEqual([
    "files: CHECK ((status = ANY (ARRAY['processing'::text, 'complete'::text, 'failed'::text, 'duplicate'::text])))",
    "files: CHECK ((total_lines = (imported_lines + errors)))",
    "files: PRIMARY KEY (id)",
    "rejected_lines: PRIMARY KEY (file_id, line)",
    expect.stringMatching(/^settings: CHECK \(\(?\s*CASE/), // Held against its schema in settings/setting.test.ts.
    "settings: PRIMARY KEY (name)",
    "telemetry: PRIMARY KEY (file_id, line)",
  ]);
  const indexes = await database.rows<{ indexdef: string }>(
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname !~ 'pkey$|pk$' ORDER BY indexname",
  );
  expect(
    indexes.map(({ indexdef }) => indexdef.replace(/^CREATE | INDEX \S+ ON public\./g, " ")),
  ).toEqual([
    expect.stringMatching(/files USING btree \(inserted_at\)$/),
    expect.stringMatching(/files USING btree \(satellite_type, first_timestamp\)$/),
    expect.stringMatching(/files USING btree \(satellite_type, id\)$/),
    expect.stringMatching(/files USING btree \(status, id\)$/),
    expect.stringMatching(/files USING btree \(duplicate_of\) WHERE \(duplicate_of IS NOT NULL\)$/),
    expect.stringMatching(/files USING btree \(id\) WHERE \(status = 'processing'::text\)$/),
    expect.stringMatching(
      /^ UNIQUE files USING btree \(sha256\) WHERE \(status <> 'duplicate'::text\)$/,
    ),
    expect.stringMatching(/telemetry USING brin \("timestamp"\)$/),
  ]);
});

describe("the database itself refuses", () => {
  const insert = (columns: string, values: string) =>
    database.run(
      `INSERT INTO files (name, size_bytes, status, ${columns}) VALUES ('x', 1, 'complete', ${values})`,
    );

  test("books that do not balance", async () => {
    await insert("total_lines, imported_lines, errors", "3, 2, 1");
    await expect(insert("total_lines, imported_lines, errors", "3, 2, 0")).rejects.toMatchObject({
      constraint: "files_books_balance",
    });
  });

  test("a second row for the same content, but for duplicates", async () => {
    await insert("sha256", "'same'");
    await expect(insert("sha256", "'same'")).rejects.toMatchObject({ code: "23505" });
    const duplicates =
      "INSERT INTO files (name, size_bytes, status, sha256) VALUES ('x', 1, 'duplicate', 'same')";
    await database.run(`${duplicates}; ${duplicates}`);
    await insert("sha256", "NULL");
    await insert("sha256", "NULL");
  });

  test("a status that nobody knows", async () => {
    const unknown = database.run(
      "INSERT INTO files (name, size_bytes, status) VALUES ('x', 1, 'lost')",
    );
    await expect(unknown).rejects.toMatchObject({ constraint: "files_status_known" });
  });
});

test("counters go beyond 2^31", async () => {
  const big = 5_000_000_000;
  const [row] = await database.rows(
    `INSERT INTO files (name, size_bytes, status, total_lines, imported_lines, checkpoint_line, checkpoint_offset)
       VALUES ('big', $1, 'complete', $1, $1, $1, $1) RETURNING id::int`,
    [big],
  );
  const { id } = row ?? {};
  if (typeof id !== "number") throw new Error("no id");
  expect(await database.ledger.find(id)).toMatchObject({
    sizeBytes: big,
    totalLines: big,
    importedLines: big,
    checkpointLine: big,
    checkpointOffset: big,
  });
});
