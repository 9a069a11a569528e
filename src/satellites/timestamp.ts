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
 * @param text `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)`: a real date of the years 0001 to 9999, seconds 00 to 59, an
 *   offset of 15:59 at most, as far as PostgreSQL's timestamptz goes.
 * @param into gets the moment, finer digits than microseconds cut, never rounded.
 * @returns whether the text is such a time; if not, `into` is left alone. Never throws.
 */
export function readTimestamp(text: string, into: Instant): boolean {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (!(year >= 1 && year <= 9_999 && month >= 1 && month <= 12)) return false;
  if (!(day >= 1 && day <= daysIn(year, month))) return false;
  if (!(hour <= 23 && minute <= 59 && second <= 59 && hasSeparators(text))) return false;

  const zoneAt = endOfFraction(text);
  const offsetMinutes = offset(text, zoneAt);
  if (!(offsetMinutes < noNumber)) return false;
  const minutes = daysSince1970(year, month, day) * 1_440 + hour * 60 + minute - offsetMinutes;
  into.seconds = minutes * 60 + second;
  into.microseconds = fractionMicroseconds(text, zoneAt);
  return true;
}

/** The number that two digits make; `noNumber` and more where there are none, at the end of the text too. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - zero;
  const ones = text.charCodeAt(at + 1) - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : noNumber;
}

function hasSeparators(text: string): boolean {
  return (
    text.charCodeAt(4) === hyphen &&
    text.charCodeAt(7) === hyphen &&
    text.charCodeAt(10) === capitalT &&
    text.charCodeAt(13) === colon &&
    text.charCodeAt(16) === colon
  );
}

/** Where the zone begins: behind the seconds, or behind a dot and all digits that follow it. */
function endOfFraction(text: string): number {
  if (text.charCodeAt(19) !== dot) return 19;
  let at = 20;
  while (text.charCodeAt(at) >= zero && text.charCodeAt(at) < colon) at++;
  return at > 20 ? at : 19; // A dot without a digit: no zone begins with a dot, so this is refused.
}

/** Minutes east of Greenwich that the rest of the text names; `noNumber` and more if it is no zone. */
function offset(text: string, zoneAt: number): number {
  const sign = text.charCodeAt(zoneAt);
  if (sign === capitalZ) return text.length === zoneAt + 1 ? 0 : noNumber;
  const hours = twoDigits(text, zoneAt + 1);
  const minutes = twoDigits(text, zoneAt + 4);
  const isZone =
    (sign === plus || sign === hyphen) &&
    hours <= 15 &&
    minutes <= 59 &&
    text.charCodeAt(zoneAt + 3) === colon &&
    text.length === zoneAt + 6;
  if (!isZone) return noNumber;
  return sign === plus ? hours * 60 + minutes : -(hours * 60 + minutes);
}

function fractionMicroseconds(text: string, zoneAt: number): number {
  let microseconds = 0;
  for (let at = 20; at < 26; at++) {
    microseconds = microseconds * 10 + (at < zoneAt ? text.charCodeAt(at) - zero : 0);
  }
  return microseconds;
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
