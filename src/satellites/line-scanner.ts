// Reads lines that look like the one before without JSON.parse, which is the larger part of a line's way: what stands
// between the values is the same to the byte, numbers are plain, texts are plain. It never says that a line is bad.
// Whatever it does not know (an escape, a character beyond ASCII, an exponent, another order, a time that is none) is
// left to the way that all lines can go, which alone says what a line must look like: the two differ in speed only.
import { plainObjectText } from "./instruments.ts";
import { NumberReader } from "./number-reader.ts";
import { type LineObject, measurements, type Reading, type ReadingKeys } from "./satellite.ts";
import { readTimestamp } from "./timestamp.ts";

const space = 0x20;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const lastPlain = 0x7e;

/** What a key holds, as a small number: the switch over it is passed for each value. From `instrument` on, which one. */
const role = {
  other: 0,
  timestamp: 1,
  velocity: 2,
  altitude: 3,
  latitude: 4,
  longitude: 5,
  instrument: 6,
} as const;

/** Instruments are states of a few letters; a longer one is none of a line like all others. */
const longestTextBytes = 64;
const mostKeys = 64;
const plainKey = /^[ !#-[\]-~]*$/;

/** What a line looks like: its values' roles, and what stands before each of them and behind the last. */
interface Shape {
  readonly roles: readonly number[];
  readonly between: readonly Uint8Array[];
}

export class LineScanner {
  readonly #keys: ReadingKeys;
  readonly #instruments: readonly string[];
  #shape: Shape | undefined;
  readonly #number = new NumberReader();
  #timeBytes = 0;
  /** What each instrument said in the last line. */
  readonly #said: Uint8Array[];
  /** All of them as the text of a JSON object. */
  #saidText: string;

  constructor(keys: ReadingKeys, instruments: readonly string[]) {
    this.#keys = keys;
    this.#instruments = instruments;
    this.#said = instruments.map(() => new Uint8Array());
    this.#saidText = plainObjectText(instruments, []);
  }

  /** Takes the shape of the lines to come from a good line that went the other way. */
  learn(line: LineObject, bytes: Buffer, start: number, end: number): void {
    this.#shape = this.#shapeOf(Object.keys(line), bytes, start, end);
  }

  /**
   * Reads the line from `start` to before `end`.
   * @returns whether `reading` is filled; if not, it may be half written, and the line goes the other way.
   */
  scan(bytes: Buffer, start: number, end: number, reading: Reading): boolean {
    if (this.#shape === undefined) return false;
    const { roles, between } = this.#shape;
    let at = start;
    for (let index = 0; index < roles.length; index++) {
      at = passSame(bytes, at, between[index]);
      if (at === -1) return false;
      at = this.#passValue(bytes, at, roles[index] ?? role.other, reading);
      if (at === -1) return false;
    }
    if (passSame(bytes, at, between[roles.length]) !== end) return false;
    reading.instruments = this.#saidText;
    return true;
  }

  /** @returns the place behind the value; -1 if it is not of the kind that the key has */
  #passValue(bytes: Buffer, at: number, kind: number, reading: Reading): number {
    switch (kind) {
      case role.timestamp:
        return this.#passTime(bytes, at, reading);
      case role.other:
        return bytes[at] === quote ? passText(bytes, at) : this.#number.read(bytes, at);
      case role.velocity:
      case role.altitude:
      case role.latitude:
      case role.longitude:
        return this.#passMeasurement(bytes, at, kind, reading);
      default:
        return this.#passInstrument(bytes, at, kind - role.instrument);
    }
  }

  #passMeasurement(bytes: Buffer, at: number, kind: number, reading: Reading): number {
    const end = this.#number.read(bytes, at);
    const { value } = this.#number;
    if (kind === role.velocity) reading.velocity = value;
    else if (kind === role.altitude) reading.altitude = value;
    else if (kind === role.latitude) reading.latitude = value;
    else reading.longitude = value;
    return Number.isFinite(value) ? end : -1;
  }

  /** Most times are as long as the one before: then nobody has to look for their end. */
  #passTime(bytes: Buffer, at: number, reading: Reading): number {
    if (bytes[at] !== quote) return -1;
    let end = at + 1 + this.#timeBytes;
    if (bytes[end] !== quote) end = passText(bytes, at) - 1;
    if (end < at || !readTimestamp(bytes, at + 1, end, reading)) return -1;
    this.#timeBytes = end - at - 1;
    return end + 1;
  }

  #passInstrument(bytes: Buffer, at: number, place: number): number {
    const said = this.#said[place];
    if (bytes[at] === quote && said !== undefined) {
      const end = passSame(bytes, at + 1, said);
      if (end !== -1 && bytes[end] === quote) return end + 1;
    }
    return this.#passNewInstrument(bytes, at, place);
  }

  #passNewInstrument(bytes: Buffer, at: number, place: number): number {
    const end = passText(bytes, at);
    if (end === -1 || end - at > longestTextBytes) return -1;
    this.#said[place] = Uint8Array.prototype.slice.call(bytes, at + 1, end - 1);
    const texts = this.#said.map((said) => Buffer.from(said).toString("latin1"));
    this.#saidText = plainObjectText(this.#instruments, texts);
    return end;
  }

  /** @returns undefined if the line does not consist of plain keys and plain values */
  #shapeOf(keys: readonly string[], bytes: Buffer, start: number, end: number): Shape | undefined {
    if (keys.length === 0 || keys.length > mostKeys || bytes[start] !== openBrace) return undefined;
    const roles: number[] = [];
    const between: Uint8Array[] = [];
    let from = start;
    let at = start + 1;
    for (const key of keys) {
      const value = plainKey.test(key) ? passKey(bytes, at, key) : -1;
      if (value === -1) return undefined;
      between.push(bytes.subarray(from, value).slice());
      roles.push(this.#roleOf(key));
      from = bytes[value] === quote ? passText(bytes, value) : this.#number.read(bytes, value);
      if (from === -1) return undefined;
      at = passSpaces(bytes, from);
      if (bytes[at] === comma) at++;
    }
    between.push(bytes.subarray(from, end).slice());
    return bytes[end - 1] === closeBrace && at === end - 1 ? { roles, between } : undefined;
  }

  #roleOf(key: string): number {
    if (key === this.#keys.timestamp) return role.timestamp;
    const measurement = measurements.find((name) => this.#keys[name] === key);
    if (measurement !== undefined) return role[measurement];
    const place = this.#instruments.indexOf(key);
    return place === -1 ? role.other : role.instrument + place;
  }
}

/** @returns the place behind the expected bytes; -1 if there are others */
function passSame(bytes: Buffer, begin: number, expected: Uint8Array | undefined): number {
  if (expected === undefined) return -1;
  const { length } = expected;
  for (let index = 0; index < length; index++) {
    if (bytes[begin + index] !== expected[index]) return -1;
  }
  return begin + length;
}

/** @returns the place behind the closing quote; -1 if it is no text, or one that does not stand for itself */
function passText(bytes: Buffer, begin: number): number {
  if (bytes[begin] !== quote) return -1;
  for (let at = begin + 1; ; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) return at + 1;
    if (byte < space || byte > lastPlain || byte === backslash) return -1;
  }
}

/** @returns the place of the key's value; -1 if another key is there */
function passKey(bytes: Buffer, begin: number, key: string): number {
  const colonAt = passSpaces(
    bytes,
    passSame(bytes, passSpaces(bytes, begin), Buffer.from(`"${key}"`)),
  );
  return bytes[colonAt] === colon ? passSpaces(bytes, colonAt + 1) : -1;
}

function passSpaces(bytes: Buffer, begin: number): number {
  let at = begin;
  while (bytes[at] === space) at++;
  return at;
}
