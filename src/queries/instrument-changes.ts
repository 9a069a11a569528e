// When the instruments said something else than before: what a plot of states needs, of readings of which most repeat the
// one before them. In the order of time, since a package may hold its readings in any.
import { sql } from "drizzle-orm";
import { telemetry } from "../database/schema.ts";
import { isoTime } from "./iso-time.ts";
import type { Queryable } from "./queryable.ts";
import { isAmong, type Readings } from "./readings.ts";

interface InstrumentChange {
  readonly fileId: number;
  readonly line: number;
  readonly timestamp: string;
  readonly instrument: string;
  /** Null in the first reading, and where another type begins. */
  readonly before: string | null;
  readonly value: string;
}

export interface InstrumentChanges {
  /** In the order of time. What the first reading says comes first. */
  readonly changes: readonly InstrumentChange[];
  /** More readings differ from the one before than were asked for. */
  readonly isCut: boolean;
}

type Row = Readonly<{
  file_id: number;
  line: number;
  timestamp: string;
  instruments: Readonly<Record<string, string>>;
  before: Readonly<Record<string, string>> | null;
}>;

/** @param mostReadings at most so many readings that differ are looked at */
export async function findInstrumentChanges(
  db: Queryable,
  readings: Readings,
  mostReadings: number,
): Promise<InstrumentChanges> {
  const { rows } = await db.execute<Row>(sql`
    SELECT * FROM (
      SELECT file_id::float8 AS file_id, line, timestamp, instruments,
             lag(instruments) OVER (ORDER BY timestamp, file_id, line) AS before
        FROM ${telemetry} WHERE ${isAmong(readings)}) AS reading
     WHERE before IS DISTINCT FROM instruments ORDER BY timestamp, file_id, line LIMIT ${mostReadings + 1}`);
  return {
    changes: rows.slice(0, mostReadings).flatMap(changesIn),
    isCut: rows.length > mostReadings,
  };
}

function changesIn({ file_id: fileId, line, timestamp, instruments, before }: Row) {
  const place = { fileId, line, timestamp: isoTime(timestamp) };
  const earlier = new Map(Object.entries(before ?? {}));
  return Object.entries(instruments).flatMap(([instrument, value]): InstrumentChange[] => {
    const was = earlier.get(instrument) ?? null;
    return was === value ? [] : [{ ...place, instrument, before: was, value }];
  });
}
