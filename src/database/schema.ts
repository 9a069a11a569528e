// The tables, as the contract names them. Migrations in drizzle/ are generated from this file (npm run db:generate).
// There is no foreign key to `files`: it doubles the time of a load. Rows and the counter that names them are committed
// together instead.
import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";

export const fileStatuses = ["processing", "complete", "failed", "duplicate"] as const;

/** Counts and ids as JavaScript numbers: exact to 2^53, which no count of lines, bytes or files reaches. */
const count = () => bigint({ mode: "number" });
/** As text, since a Date would lose the microseconds. */
const instant = () => timestamp({ withTimezone: true, mode: "string" });
const bytes = customType<{ data: Buffer }>({ dataType: () => "bytea" });

export const files = pgTable(
  "files",
  {
    id: count().primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    sha256: text(),
    sizeBytes: bigint("size_bytes", { mode: "number" }).notNull(),
    satelliteType: text("satellite_type"),
    header: jsonb(),
    status: text({ enum: fileStatuses }).notNull(),
    totalLines: bigint("total_lines", { mode: "number" }).notNull().default(0),
    importedLines: bigint("imported_lines", { mode: "number" }).notNull().default(0),
    errors: count().notNull().default(0),
    checkpointLine: bigint("checkpoint_line", { mode: "number" }).notNull().default(1),
    checkpointOffset: bigint("checkpoint_offset", { mode: "number" }).notNull().default(0),
    ownerEpoch: integer("owner_epoch").notNull().default(0),
    attempts: integer().notNull().default(0),
    owner: text(),
    duplicateOf: bigint("duplicate_of", { mode: "number" }),
    error: text(),
    firstTimestamp: timestamp("first_timestamp", { withTimezone: true, mode: "string" }),
    lastTimestamp: timestamp("last_timestamp", { withTimezone: true, mode: "string" }),
    insertedAt: timestamp("inserted_at", { withTimezone: true, mode: "string" })
      .notNull()
      .defaultNow(),
    startedAt: timestamp("started_at", { withTimezone: true, mode: "string" }),
    completedAt: timestamp("completed_at", { withTimezone: true, mode: "string" }),
    updatedAt: timestamp("updated_at", { withTimezone: true, mode: "string" })
      .notNull()
      .defaultNow(),
  },
  (table) => [
    check(
      "files_status_known",
      sql`${table.status} in ('processing', 'complete', 'failed', 'duplicate')`,
    ),
    check(
      "files_books_balance",
      sql`${table.totalLines} = ${table.importedLines} + ${table.errors}`,
    ),
    uniqueIndex("files_one_row_per_content")
      .on(table.sha256)
      .where(sql`${table.status} <> 'duplicate'`),
    // The few rows that are in work, among millions that are done.
    index("files_in_work").on(table.id).where(sql`${table.status} = 'processing'`),
    // For questions (queries/). None is on a column that a batch changes, so that its update stays a cheap one.
    index("files_by_status").on(table.status, table.id),
    index("files_by_satellite").on(table.satelliteType, table.id),
    index("files_by_data_time").on(table.satelliteType, table.firstTimestamp),
    index("files_by_arrival").on(table.insertedAt),
    index("files_duplicates").on(table.duplicateOf).where(sql`${table.duplicateOf} is not null`),
  ],
);

export const telemetry = pgTable(
  "telemetry",
  {
    fileId: bigint("file_id", { mode: "number" }).notNull(),
    line: integer().notNull(),
    timestamp: instant().notNull(),
    velocity: doublePrecision().notNull(),
    altitude: doublePrecision().notNull(),
    latitude: doublePrecision().notNull(),
    longitude: doublePrecision().notNull(),
    instruments: jsonb().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.fileId, table.line] }),
    // Packages arrive roughly in the order of time: a block range index is enough, and costs next to nothing.
    index("telemetry_timestamp").using("brin", table.timestamp),
  ],
);

export const rejectedLines = pgTable(
  "rejected_lines",
  {
    fileId: bigint("file_id", { mode: "number" }).notNull(),
    line: integer().notNull(),
    byteOffset: bigint("byte_offset", { mode: "number" }).notNull(),
    reason: text().notNull(),
    detail: text(),
    raw: bytes().notNull(),
    rejectedAt: timestamp("rejected_at", { withTimezone: true, mode: "string" })
      .notNull()
      .defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.fileId, table.line] })],
);

/** Settings that are changed while the daemon runs. What they take is in settings/setting.ts; this says the same. */
export const settings = pgTable(
  "settings",
  {
    name: text().primaryKey(),
    value: text().notNull(),
    note: text(),
    updatedAt: timestamp("updated_at", { withTimezone: true, mode: "string" })
      .notNull()
      .defaultNow(),
  },
  ({ name, value }) => [
    check(
      "settings_value_valid",
      // One case for each name: a number is cast only where the text is one.
      sql`case
        when ${name} = 'adaptive' then ${value} in ('on', 'off')
        when ${value} !~ '^[0-9]{1,10}$' then false
        when ${name} = 'rows_per_second' then ${value}::bigint between 0 and 1000000000
        when ${name} = 'max_packages' then ${value}::bigint between 1 and 64
        when ${name} = 'batch_rows' then ${value}::bigint between 1 and 1000000
        when ${name} = 'pause_ms' then ${value}::bigint between 0 and 60000
        else false end`,
    ),
  ],
);
