// Packages for tests, with what must become of each line: made here, by other means than the daemon's.
import { createHash } from "node:crypto";

export interface ExpectedRow {
  readonly line: number;
  readonly timestampUs: bigint;
  readonly velocity: number;
  readonly altitude: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly instruments: Readonly<Record<string, string>>;
}

export interface SamplePackage {
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly rows: readonly ExpectedRow[];
  /** Physical lines that are rejected. */
  readonly rejected: readonly number[];
}

export interface SampleOptions {
  readonly satelliteType?: "jackal_mk1" | "jackal_mk2";
  readonly lines: number;
  /** Every n-th line is rejected as out_of_range. Default none. */
  readonly badEvery?: number;
  /** Makes the bytes differ from those of other packages. */
  readonly seed: number;
}

const firstUs = 1_703_583_267_602_982n;

/** A package whose n-th line differs from every other in each value. */
export function samplePackage({
  satelliteType = "jackal_mk1",
  lines,
  badEvery,
  seed,
}: SampleOptions): SamplePackage {
  const texts = [JSON.stringify({ satellite_type: satelliteType, seed })];
  const rows: ExpectedRow[] = [];
  const rejected: number[] = [];
  for (let n = 1; n <= lines; n++) {
    const isBad = badEvery !== undefined && n % badEvery === 0;
    const row = sampleRow(n, seed);
    texts.push(lineOf(satelliteType, isBad ? { ...row, latitude: 90.5 } : row));
    if (isBad) rejected.push(n + 1);
    else rows.push(row);
  }
  const bytes = Buffer.from(`${texts.join("\n")}\n`);
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex"), rows, rejected };
}

function sampleRow(n: number, seed: number): ExpectedRow {
  return {
    line: n + 1,
    timestampUs: firstUs + BigInt(seed) * 86_400_000_000n + BigInt(n) * 1_000_003n,
    velocity: 8_000 + n / 7,
    altitude: 300_000 + seed + n / 3,
    latitude: ((n * 0.37) % 180) - 90,
    longitude: ((n * 0.73) % 360) - 180,
    instruments: { instrument1: n % 5 === 0 ? "faulty" : "ok", instrument2: `step ${n}` },
  };
}

function lineOf(satelliteType: string, row: ExpectedRow): string {
  const { velocity, altitude, latitude, longitude } = row;
  const { instrument1, instrument2 } = row.instruments;
  const timestamp = isoText(row.timestampUs);
  if (satelliteType === "jackal_mk1") {
    return JSON.stringify({
      timestamp,
      velocity,
      altitude,
      latitude,
      longitude,
      instrument1,
      instrument2,
    });
  }
  const common = { ts: timestamp, vel: velocity, alt: altitude, lat: latitude, long: longitude };
  return JSON.stringify({ ...common, instrument1, instrument3: instrument2, instrument4: "" });
}

function isoText(us: bigint): string {
  const seconds = new Date(Number(us / 1_000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(us % 1_000_000n).padStart(6, "0")}Z`;
}
