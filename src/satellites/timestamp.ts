// Times of packages, rule R7. Read by hand, digit by digit: `new Date(text)` drops microseconds and takes 30 February
// for 2 March, and a regular expression with a Date costs a third of what JSON.parse takes for the line.

/**
 * A moment as two whole numbers, since one double is exact to the microsecond only up to the year 2255, and a bigint
 * for each line costs more than reading its time.
 */
export interface Instant {
  /** Since 1970-01-01T00:00Z, rounded down. */
  seconds: number;
  /** Of that second: 0 to 999 999. */
  microseconds: number;
}

const zero = 48; // "0"
const plus = 43;
const hyphen = 45;
const dot = 46;
const colon = 58;
const capitalT = 84;
const capitalZ = 90;

/** Below this every two-digit number of a time lies; what is no number is far above. */
const noNumber = 1e6;

/**
 * Reads a time of a package.
 *
 * @param bytes of which those from `from` to before `to` are read: `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)`, a real
 *   date of the years 0001 to 9999, seconds 00 to 59, an offset of 15:59 at most, as far as PostgreSQL's timestamptz goes.
 * @param into gets the moment, finer digits than microseconds cut, never rounded.
 * @returns whether they are such a time; if not, `into` is left alone. Never throws.
 */
export function readTimestamp(bytes: Uint8Array, from: number, to: number, into: Instant): boolean {
  if (to - from < shortest) return false;
  const year = twoDigits(bytes, from) * 100 + twoDigits(bytes, from + 2);
  const month = twoDigits(bytes, from + 5);
  const day = twoDigits(bytes, from + 8);
  const hour = twoDigits(bytes, from + 11);
  const minute = twoDigits(bytes, from + 14);
  const second = twoDigits(bytes, from + 17);
  const days = daysOf(year, month, day);
  if (Number.isNaN(days)) return false;
  if (!(hour <= 23 && minute <= 59 && second <= 59 && hasSeparators(bytes, from))) return false;

  const zoneAt = endOfFraction(bytes, from, to);
  const offsetMinutes = offset(bytes, zoneAt, to);
  if (!(offsetMinutes < noNumber)) return false;
  const minutes = days * 1_440 + hour * 60 + minute - offsetMinutes;
  into.seconds = minutes * 60 + second;
  into.microseconds = fractionMicroseconds(bytes, from + 20, zoneAt);
  return true;
}

/** The same of a text. */
export function readTimestampText(text: string, into: Instant): boolean {
  const bytes = text.length <= scratch.length ? scratch : new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = Math.min(text.charCodeAt(at), noCharacter);
  return readTimestamp(bytes, 0, text.length, into);
}

const shortest = "0001-01-01T00:00:00Z".length;
/** Stands for every character that no time has. */
const noCharacter = 0xff;
const scratch = new Uint8Array(64);

/** The number that two digits make; `noNumber` and more where there are none. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - zero;
  const ones = (bytes[at + 1] ?? 0) - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : noNumber;
}

function hasSeparators(bytes: Uint8Array, from: number): boolean {
  return (
    bytes[from + 4] === hyphen &&
    bytes[from + 7] === hyphen &&
    bytes[from + 10] === capitalT &&
    bytes[from + 13] === colon &&
    bytes[from + 16] === colon
  );
}

/** Where the zone begins: behind the seconds, or behind a dot and all digits that follow it. */
function endOfFraction(bytes: Uint8Array, from: number, to: number): number {
  const seconds = from + 19;
  if (bytes[seconds] !== dot) return seconds;
  let at = seconds + 1;
  while (at < to && (bytes[at] ?? 0) >= zero && (bytes[at] ?? 0) < colon) at++;
  return at > seconds + 1 ? at : seconds; // A dot without a digit: no zone begins with a dot, so this is refused.
}

/** Minutes east of Greenwich that the rest names; `noNumber` and more if it is no zone. */
function offset(bytes: Uint8Array, zoneAt: number, to: number): number {
  const sign = bytes[zoneAt];
  if (sign === capitalZ) return to === zoneAt + 1 ? 0 : noNumber;
  const hours = twoDigits(bytes, zoneAt + 1);
  const minutes = twoDigits(bytes, zoneAt + 4);
  const isZone =
    (sign === plus || sign === hyphen) &&
    hours <= 15 &&
    minutes <= 59 &&
    bytes[zoneAt + 3] === colon &&
    to === zoneAt + 6;
  if (!isZone) return noNumber;
  return sign === plus ? hours * 60 + minutes : -(hours * 60 + minutes);
}

/** @param first where the fraction's digits would begin */
function fractionMicroseconds(bytes: Uint8Array, first: number, zoneAt: number): number {
  let microseconds = 0;
  for (let at = first; at < first + 6; at++) {
    microseconds = microseconds * 10 + (at < zoneAt ? (bytes[at] ?? 0) - zero : 0);
  }
  return microseconds;
}

/** The last day that was asked for, as one number: readings come by the second. None yet is no day, nor 0000-00-00. */
let lastDay = -1;
let lastDays = 0;

/** Days from 1970-01-01; NaN if there is no such day. */
function daysOf(year: number, month: number, day: number): number {
  if ((year * 100 + month) * 100 + day === lastDay) return lastDays;
  if (!(year >= 1 && year <= 9_999 && month >= 1 && month <= 12)) return Number.NaN;
  if (!(day >= 1 && day <= daysIn(year, month))) return Number.NaN;
  lastDay = (year * 100 + month) * 100 + day;
  lastDays = daysSince1970(year, month, day);
  return lastDays;
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/**
 * Days from 1970-01-01 to a day of the Gregorian calendar. Years begin in March, so that the leap day is the last.
 *
 * @see Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
 */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays =
    Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + dayOfYear - 719_468;
}
