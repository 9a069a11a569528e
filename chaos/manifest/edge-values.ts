// Values at the edges of what a package may say: where a double, a microsecond or a text is lost first.
import type { Random } from "../random.ts";

const doubles = [
  -0,
  0,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  1.7976931348623157e308,
  -1.79e308,
  1e-7,
  1e21,
  123456789012345680,
  0.1 + 0.2,
  1 / 3,
  9007199254740991,
  -1,
] as const;
const latitudes = [-90, 90, -0, 89.99999999999999, -1e-300] as const;
const longitudes = [-180, 180, -0, 179.99999999999997, 1e-300] as const;
const texts = [
  "",
  " ",
  "ok",
  "null",
  "\u0001\u001f\t\n\r\b\f",
  'say "yes" \\ no',
  "\u{1f6f0}\u{fe0f} up",
  "e\u0301",
  "\u2028\u2029",
  "\ufeff",
  "\ufffd",
  "\u007f\u0080",
  "\uffff",
  "🇺🇳👩‍🚀",
  '{"a":1}',
  "x".repeat(500),
] as const;

/** Microseconds since 1970 of 0001-01-01T00:00Z and of the last one of 9999. */
const firstUs = -62_135_596_800_000_000n;
const lastUs = 253_402_300_799_999_999n;
const times = [
  firstUs,
  firstUs + 1n,
  lastUs,
  lastUs - 1n,
  0n,
  -1n,
  951_782_400_000_001n,
  946_684_799_999_999n,
] as const;

export const edges = {
  double: (random: Random): number => random.pick(doubles),
  latitude: (random: Random): number => random.pick(latitudes),
  longitude: (random: Random): number => random.pick(longitudes),
  text: (random: Random): string => random.pick(texts),
  timeUs: (random: Random): bigint => random.pick(times),
};

/** A time as a package writes it: any zone, any number of digits, of which those behind the sixth do not count. */
export function timeText(us: bigint, random: Random): string {
  const offsetMinutes = random.isLikely(0.5) ? 0 : offsetFor(us, random);
  const localUs = us + BigInt(offsetMinutes) * 60_000_000n;
  const fraction = ((localUs % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((localUs - fraction) / 1_000n)).toISOString().slice(0, 19);
  return `${seconds}${fractionText(fraction, random)}${zoneText(offsetMinutes, random)}`;
}

/** Minutes that do not carry the local time out of the years 0001 to 9999. */
function offsetFor(us: bigint, random: Random): number {
  const minutes = random.between(-959, 959);
  const localUs = us + BigInt(minutes) * 60_000_000n;
  return localUs < firstUs || localUs > lastUs ? 0 : minutes;
}

function fractionText(fraction: bigint, random: Random): string {
  const digits = String(fraction).padStart(6, "0");
  if (fraction === 0n && random.isLikely(0.5)) return "";
  if (random.isLikely(0.2)) return `.${digits}${random.below(1_000)}`;
  const short = digits.replace(/0+$/, "");
  return short !== "" && random.isLikely(0.2) ? `.${short}` : `.${digits}`;
}

function zoneText(minutes: number, random: Random): string {
  if (minutes === 0) return random.pick(["Z", "Z", "+00:00", "-00:00"]);
  const size = Math.abs(minutes);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
