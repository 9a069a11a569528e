// PostgreSQL's binary COPY format, as far as our columns need it. The server takes these bytes at their word: a wrong
// length is 08P01 or 22P04, and a stream that ends early at a row border is no error at all, so the caller compares
// the row count.

/** Signature, flags, length of the header's extension. */
export const copyHeader = Buffer.concat([
  Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"),
  Buffer.alloc(8),
]);

/** In place of a field count: no row follows. */
export const copyTrailer = Buffer.from([0xff, 0xff]);

/** Microseconds from 1970-01-01 to 2000-01-01, where PostgreSQL begins to count. */
export const postgresEpochUs = 946_684_800_000_000n;

/** Bytes of a row before its fields, and of a field before its value. */
export const rowBytes = 2;
export const lengthBytes = 4;

/** Memory for one piece after the other: what was written for the one before is overwritten. */
export class PieceMemory {
  #buffer = Buffer.alloc(0);

  of(sizeBytes: number): Buffer {
    if (this.#buffer.length < sizeBytes) {
      this.#buffer = Buffer.allocUnsafeSlow(Math.ceil(sizeBytes * growth));
    }
    return this.#buffer.subarray(0, sizeBytes);
  }
}

/** The next piece may be a little larger. */
const growth = 1.5;

/** Writes the fields of rows one after the other into memory of a size that the caller has worked out. */
export class CopyWriter {
  readonly buffer: Buffer;
  readonly #view: DataView;
  #at = 0;

  /** @param memory default: some of its own */
  constructor(sizeBytes: number, memory?: PieceMemory) {
    this.buffer = memory?.of(sizeBytes) ?? Buffer.allocUnsafe(sizeBytes);
    this.#view = new DataView(this.buffer.buffer, this.buffer.byteOffset, sizeBytes);
  }

  get isFull(): boolean {
    return this.#at === this.buffer.length;
  }

  row(fields: number): void {
    this.#view.setInt16(this.#at, fields);
    this.#at += rowBytes;
  }

  int4(value: number): void {
    this.#length(4);
    this.#view.setInt32(this.#at, value);
    this.#at += 4;
  }

  int8(value: bigint): void {
    this.#length(8);
    this.#view.setBigInt64(this.#at, value);
    this.#at += 8;
  }

  float8(value: number): void {
    this.#length(8);
    this.#view.setFloat64(this.#at, value);
    this.#at += 8;
  }

  /** text and bytea alike: in both the bytes are the value. */
  bytes(value: Uint8Array): void {
    this.#length(value.length);
    this.#put(value);
  }

  /** jsonb: its text, behind a version. */
  jsonb(text: Uint8Array): void {
    this.#length(1 + text.length);
    this.#view.setUint8(this.#at, 1);
    this.#at += 1;
    this.#put(text);
  }

  #length(bytes: number): void {
    this.#view.setInt32(this.#at, bytes);
    this.#at += lengthBytes;
  }

  #put(value: Uint8Array): void {
    this.buffer.set(value, this.#at);
    this.#at += value.length;
  }
}
