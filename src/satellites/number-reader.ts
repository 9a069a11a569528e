// JSON numbers read from bytes, to the bit as JSON.parse reads them. One of few digits is one exact division. One of
// up to thirty is divided with twice the digits of a double, and taken if that leaves no doubt about the last bit.
// What is beyond that is left to the language.

const zero = 48; // "0"
const nine = 57;
const minus = 45;
const dot = 46;
const smallE = 101;
const capitalE = 69;

/** A whole number of so many digits is exact as a double, and so is each of these powers of ten. */
const exactDigits = 15;
const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const mostDecimals = powersOfTen.length - 1;

export class NumberReader {
  /** What the last `read` has read. */
  value = 0;

  /**
   * Reads the number that begins at `begin`.
   * @returns the place behind it; -1 if there is none, or one with an exponent.
   */
  read(bytes: Buffer, begin: number): number {
    const isNegative = bytes[begin] === minus;
    const first = isNegative ? begin + 1 : begin;
    let at = first;
    /** The first digits, and those behind them. */
    let head = 0;
    let tail = 0;
    let digits = 0;
    let byte = bytes[at] ?? 0;
    for (; byte >= zero && byte <= nine; byte = bytes[++at] ?? 0) {
      if (digits++ < exactDigits) head = head * 10 + byte - zero;
      else tail = tail * 10 + byte - zero;
    }
    // No digit at all, or one behind a leading zero.
    if (digits === 0 || (digits > 1 && bytes[first] === zero)) return -1;
    let decimals = 0;
    if (byte === dot) {
      for (byte = bytes[++at] ?? 0; byte >= zero && byte <= nine; byte = bytes[++at] ?? 0) {
        if (digits++ < exactDigits) head = head * 10 + byte - zero;
        else tail = tail * 10 + byte - zero;
        decimals++;
      }
      if (decimals === 0) return -1;
    }
    if (byte === smallE || byte === capitalE) return -1;
    const magnitude = numberOf(head, tail, digits, decimals);
    if (Number.isNaN(magnitude)) this.value = Number(bytes.toString("latin1", begin, at));
    else this.value = isNegative ? -magnitude : magnitude;
    return at;
  }
}

/** `head` and `tail` as one whole number with so many decimals; NaN where it is not sure to the last bit. */
function numberOf(head: number, tail: number, digits: number, decimals: number): number {
  if (decimals > mostDecimals) return Number.NaN;
  const power = powersOfTen[decimals] ?? 1;
  const tailDigits = digits - exactDigits;
  if (tailDigits <= 0) return head / power;
  if (tailDigits > exactDigits) return Number.NaN;
  const scale = powersOfTen[tailDigits] ?? 1;
  // The whole number as the sum of two doubles, exactly.
  const high = head * scale;
  const low = productError(head, scale, high) + tail;
  const sum = high + low;
  const rest = low - (sum - high);
  // Long division: a quotient, and what is left of it.
  const quotient = sum / power;
  const product = quotient * power;
  const left = sum - product - productError(quotient, power, product) + rest;
  const correction = left / power;
  const value = quotient + correction;
  // The true value lies this far from `value`, give or take a doubt that is far larger than all errors above.
  const distance = correction - (value - quotient);
  const doubt = value * 2 ** -85;
  const isSure = value + (distance + doubt) === value && value + (distance - doubt) === value;
  return isSure ? value : Number.NaN;
}

const splitter = 2 ** 27 + 1;

/** What is lost when `product` is the rounded `a * b`, exactly. @see Dekker 1971, "A Floating-Point Technique", mul12 */
function productError(a: number, b: number, product: number): number {
  const aSplit = a * splitter;
  const aHigh = aSplit - (aSplit - a);
  const aLow = a - aHigh;
  const bSplit = b * splitter;
  const bHigh = bSplit - (bSplit - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}
