// What must become of a package: known to its generator before any daemon has seen it, and kept outside the database.

/** A line that must be imported, with the digest of its values. */
export interface ExpectedLine {
  /** Physical line, header = 1. */
  readonly line: number;
  /** As in digest.ts. */
  readonly digest: string;
}

/** A line that must be rejected. */
export interface ExpectedReject {
  readonly line: number;
  readonly reason: string;
  /** Byte of the file at which the line begins. */
  readonly offset: number;
  /** md5 of the bytes that must be stored. */
  readonly rawMd5: string;
}

export interface Expectation {
  /** Of all bytes. */
  readonly sha256: string;
  /** No header of a known type: no rows, the bytes in failed/. */
  readonly refused: boolean;
  /** A line is too long to be stored whole: the file goes to archive/. */
  readonly archived: boolean;
  readonly lines: readonly ExpectedLine[];
  readonly rejects: readonly ExpectedReject[];
}

export interface GeneratedPackage extends Expectation {
  readonly bytes: Buffer;
}

/** A reading as the generator means it. */
export interface Values {
  readonly timestampUs: bigint;
  readonly velocity: number;
  readonly altitude: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly instruments: Readonly<Record<string, string>>;
}
