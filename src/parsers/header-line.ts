// Finds the first line of a package: what the reader begins with, and what intake asks for before it hashes a package
// of gigabytes that may not be one. It says where the line is; what it means is header.ts's to say.
import type { ByteSource } from "../folders/held-file.ts";
import type { FilePosition } from "../staging/staging-store.ts";
import { emptyPackage, type HeaderOutcome, headerTooLong, parseHeader } from "./header.ts";

type HeaderLine =
  | {
      readonly kind: "line";
      /** Without byte order mark and line end. */
      readonly bytes: Uint8Array;
      /** The first line behind it. */
      readonly next: FilePosition;
    }
  | { readonly kind: "empty" }
  | { readonly kind: "too_long" };

const firstReadBytes = 16 * 1024;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Reads no more than the line and a little, however large the file is. */
async function readHeaderLine(
  source: ByteSource,
  sizeBytes: number,
  maxLineBytes: number,
): Promise<HeaderLine> {
  // A byte more than the file has, or than a line with its mark and its CR and LF may have.
  const mostBytes = Math.min(sizeBytes + 1, maxLineBytes + byteOrderMark.length + 2);
  for (
    let wanted = Math.min(firstReadBytes, mostBytes);
    ;
    wanted = Math.min(wanted * 4, mostBytes)
  ) {
    const bytes = await readStart(source, Math.min(wanted, sizeBytes));
    if (bytes.length === 0) return { kind: "empty" };
    const end = bytes.indexOf(lineFeed);
    if (end !== -1 || bytes.length < wanted) return cut(bytes, end, maxLineBytes);
    if (wanted === mostBytes) return { kind: "too_long" };
  }
}

/** @param end place of the line feed; -1: the file ends without one */
function cut(bytes: Buffer, end: number, maxLineBytes: number): HeaderLine {
  const begin = bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark)
    ? byteOrderMark.length
    : 0;
  const offset = end === -1 ? bytes.length : end + 1;
  const hasReturn = end > begin && bytes[end - 1] === carriageReturn;
  const line = bytes.subarray(begin, end === -1 ? bytes.length : end - (hasReturn ? 1 : 0));
  if (line.length > maxLineBytes) return { kind: "too_long" };
  return { kind: "line", bytes: line, next: { line: 2, offset } };
}

/** The first bytes of the file: fewer than wanted only if the file ends there. */
async function readStart(source: ByteSource, wanted: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(wanted);
  let read = 0;
  while (read < wanted) {
    const { bytesRead } = await source.read(bytes, read, wanted - read, read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

/** What a package's first line says, and where the next one begins; or why the package is refused. */
export async function readHeader(
  source: ByteSource,
  sizeBytes: number,
  maxLineBytes: number,
): Promise<{ readonly outcome: HeaderOutcome; readonly next: FilePosition }> {
  const line = await readHeaderLine(source, sizeBytes, maxLineBytes);
  const next = line.kind === "line" ? line.next : { line: 1, offset: 0 };
  if (line.kind === "empty") return { outcome: emptyPackage(), next };
  if (line.kind === "too_long") return { outcome: headerTooLong(maxLineBytes), next };
  return { outcome: parseHeader(line.bytes, maxLineBytes), next };
}
