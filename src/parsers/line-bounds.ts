// Where the lines of a chunk begin and end. LF alone ends a line, a CR before it belongs to the line end, and the last
// line needs neither. (node:readline splits at a lone CR too.) What is in a line is not looked at, but for blanks.

/** The counted lines of a chunk, those that are not blank, in file order. Places are bytes. */
export interface LineBounds {
  readonly start: number[];
  /** Without the line end. */
  readonly length: number[];
  /** Physical line, relative to the chunk's first one. */
  readonly line: number[];
  /** Blank ones too. */
  readonly physicalLines: number;
}

export function lineBounds(bytes: Buffer): LineBounds {
  const bounds: Omit<LineBounds, "physicalLines"> = { start: [], length: [], line: [] };
  let physicalLines = 0;
  let start = 0;
  while (start < bytes.length) {
    const lineFeed = bytes.indexOf(lineFeedByte, start);
    const next = lineFeed === -1 ? bytes.length : lineFeed + 1;
    const end = lineFeed === -1 ? next : endBefore(bytes, start, lineFeed);
    if (!areBlank(bytes, start, end)) {
      bounds.start.push(start);
      bounds.length.push(end - start);
      bounds.line.push(physicalLines);
    }
    physicalLines++;
    start = next;
  }
  return { ...bounds, physicalLines };
}

const lineFeedByte = 10;
const carriageReturn = 13;

/** Where the line ends whose LF is at `lineFeed`. */
function endBefore(bytes: Uint8Array, start: number, lineFeed: number): number {
  const hasCr = lineFeed > start && bytes[lineFeed - 1] === carriageReturn;
  return hasCr ? lineFeed - 1 : lineFeed;
}

/** A loop and not `every`, whose call for each byte makes it five times as slow. */
export function areBlank(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
  for (let at = start; at < end; at++) {
    if (!isBlankByte(bytes[at] ?? 0)) return false;
  }
  return true;
}

/** Space, tab, CR: of these a blank line is made (R2). */
function isBlankByte(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === carriageReturn;
}
