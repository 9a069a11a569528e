// Makes packages and says what must become of each line, by other means than the daemon's: it never reads a package,
// it writes one from values that it has chosen.
import { createHash } from "node:crypto";
import type { Random } from "../random.ts";
import { badLine, commonReasons, keptBytes } from "./bad-line.ts";
import { lineDigest, md5 } from "./digest.ts";
import type { ExpectedLine, ExpectedReject, GeneratedPackage } from "./expectation.ts";
import {
  lineText,
  membersOf,
  type SatelliteName,
  satelliteTypes,
  someValues,
} from "./good-line.ts";

export interface PackageShape {
  /** Lines behind the header, blank ones not counted. */
  readonly lines: number;
  /** Of these, how many are bad and how many of their values lie at an edge: 0 to 1. */
  readonly badShare: number;
  readonly edgeShare: number;
  readonly lineEnd: "\n" | "\r\n";
  readonly hasMark: boolean;
  readonly blankShare: number;
  /** Whether the last line has its line end. */
  readonly isEnded: boolean;
  /** Reasons that are used besides the common ones, once each. */
  readonly extraReasons: readonly ("line_too_long" | "database")[];
}

export const plainShape: PackageShape = {
  lines: 300,
  badShare: 0.02,
  edgeShare: 0,
  lineEnd: "\n",
  hasMark: false,
  blankShare: 0,
  isEnded: true,
  extraReasons: [],
};

const blanks = ["", " ", "\t", "  \t "] as const;

/** @param mark makes the bytes differ from those of every other package. */
export function makePackage(shape: PackageShape, mark: string, random: Random): GeneratedPackage {
  const type = random.pick(satelliteTypes);
  const draft = new Draft(shape);
  draft.header(JSON.stringify({ satellite_type: type, mark }));
  const extraAt = new Map(
    shape.extraReasons.map((reason, at) => [Math.floor(shape.lines / 2) + at, reason]),
  );
  for (let n = 0; n < shape.lines; n++) {
    if (random.isLikely(shape.blankShare)) draft.blank(random.pick(blanks));
    addLine(draft, type, extraAt.get(n), random);
  }
  return draft.finish();
}

function addLine(
  draft: Draft,
  type: SatelliteName,
  extra: string | undefined,
  random: Random,
): void {
  const { badShare, edgeShare } = draft.shape;
  const values = someValues(type, draft.nextLine, edgeShare, random);
  const members = membersOf(type, values, random);
  const reason = extra ?? (random.isLikely(badShare) ? random.pick(commonReasons) : undefined);
  if (reason === undefined) {
    draft.good(lineText(members, random), lineDigest(draft.nextLine, values));
  } else {
    draft.bad(badLine(reason, members, type, random).bytes, reason);
  }
}

const refusedTexts = [
  '{"satellite_type":"unknown_mk9"}\n{}\n',
  '{"satellite_type":"JACKAL_MK1"}\n{}\n',
  '{"satellite_type":"constructor"}\n',
  "[]\n",
  "no header at all\n",
  '{"satellite_type":"jackal_mk1"',
  '\n{"satellite_type":"jackal_mk1"}\n',
] as const;

/** A package whose first line is no header of a known type. */
export function makeRefused(mark: string, random: Random): GeneratedPackage {
  const bytes = Buffer.from(`${random.pick(refusedTexts)}${mark}`);
  return { bytes, sha256: sha256(bytes), refused: true, archived: false, lines: [], rejects: [] };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A package as it grows, line by line. */
class Draft {
  readonly shape: PackageShape;
  readonly #pieces: Buffer[] = [];
  readonly #lineEnd: Buffer;
  readonly #lines: ExpectedLine[] = [];
  readonly #rejects: ExpectedReject[] = [];
  #offset = 0;
  #archived = false;
  nextLine = 1;

  constructor(shape: PackageShape) {
    this.shape = shape;
    this.#lineEnd = Buffer.from(shape.lineEnd);
  }

  header(text: string): void {
    if (this.shape.hasMark) this.#push(Buffer.from("\ufeff"));
    this.#add(Buffer.from(text));
  }

  blank(text: string): void {
    this.#add(Buffer.from(text));
  }

  good(text: string, digest: string): void {
    this.#lines.push({ line: this.nextLine, digest });
    this.#add(Buffer.from(text));
  }

  bad(bytes: Buffer, reason: string): void {
    const isCut = reason === "line_too_long";
    const rawMd5 = md5(isCut ? bytes.subarray(0, keptBytes) : bytes);
    this.#archived ||= isCut;
    this.#rejects.push({ line: this.nextLine, reason, offset: this.#offset, rawMd5 });
    this.#add(bytes);
  }

  finish(): GeneratedPackage {
    if (!this.shape.isEnded) this.#pieces.pop();
    const bytes = Buffer.concat(this.#pieces);
    const expected = { lines: this.#lines, rejects: this.#rejects, archived: this.#archived };
    return { bytes, sha256: sha256(bytes), refused: false, ...expected };
  }

  #add(line: Buffer): void {
    this.#push(line);
    this.#push(this.#lineEnd);
    this.nextLine++;
  }

  #push(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#offset += bytes.length;
  }
}
