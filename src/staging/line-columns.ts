// The counted lines of one chunk as columns: one array element for each line, in file order, good and rejected alike.
// Columns cross from a worker thread without a copy, in shared memory or by transfer; objects would be cloned one by one.

/** One element for each counted line. Rejected lines have zeros in the value columns. */
export interface LineColumns {
  /** Counted lines: those that are not blank. The length of every column. */
  readonly count: number;
  /** Physical line, relative to the chunk's first one (0). Gaps are blank lines. */
  readonly line: Uint32Array;
  /** Where the line begins in the chunk's bytes. */
  readonly start: Uint32Array;
  /** Bytes of the line without its line end. */
  readonly length: Uint32Array;
  /** 0 for a good line, else 1 + the reason's place in `rejectionReasons`. */
  readonly status: Uint8Array;
  /** Microseconds since 1970-01-01T00:00Z. */
  readonly timestampUs: BigInt64Array;
  readonly velocity: Float64Array;
  readonly altitude: Float64Array;
  /** Degrees, north positive. */
  readonly latitude: Float64Array;
  /** Degrees, east positive. */
  readonly longitude: Float64Array;
  /** Where the line's text ends in `instruments`; it begins where the one before ends. */
  readonly instrumentsEnd: Uint32Array;
  /** The lines' instruments as JSON objects in UTF-8, one after the other. Nothing for a rejected line. */
  readonly instruments: Uint8Array;
  /** 0, or 1 + the place in `details` of what is said of the line. */
  readonly detail: Uint32Array;
  /**
   * What exactly is wrong with rejected lines, for a person: a field's name, a parser's words. Each text once, since a
   * bad package says the same of all its lines.
   */
  readonly details: string[];
}

/** What is said of a rejected line; nothing of a good one. */
export function detailOf({ detail, details }: LineColumns, index: number): string {
  return details[(detail[index] ?? 0) - 1] ?? "";
}

const bytesOfWideColumns = 5 * 8;
const bytesOfNarrowColumns = 5 * 4 + 1;

/** Bytes that the columns of `count` lines take, without instruments and details. */
export function columnBytes(count: number): number {
  return count * (bytesOfWideColumns + bytesOfNarrowColumns);
}

/**
 * Columns of zeros for `count` lines, all in one buffer, so that one transfer hands them over.
 * @param room where they go if they fit; it begins at a multiple of 8
 */
export function allocateColumns(
  count: number,
  room?: Uint8Array,
): Omit<LineColumns, "instruments" | "details"> {
  const bytes = columnBytes(count);
  const memory =
    room !== undefined && bytes <= room.length
      ? room.subarray(0, bytes).fill(0)
      : new Uint8Array(bytes);
  const { buffer } = memory;
  let used = memory.byteOffset;
  const take = <View>(
    make: new (buffer: ArrayBufferLike, offset: number, length: number) => View,
    bytes: number,
  ): View => {
    const view = new make(buffer, used, count);
    used += count * bytes;
    return view;
  };
  // The widest first, so that each column begins at a multiple of its element's size.
  return {
    count,
    timestampUs: take(BigInt64Array, 8),
    velocity: take(Float64Array, 8),
    altitude: take(Float64Array, 8),
    latitude: take(Float64Array, 8),
    longitude: take(Float64Array, 8),
    line: take(Uint32Array, 4),
    start: take(Uint32Array, 4),
    length: take(Uint32Array, 4),
    instrumentsEnd: take(Uint32Array, 4),
    detail: take(Uint32Array, 4),
    status: take(Uint8Array, 1),
  };
}
