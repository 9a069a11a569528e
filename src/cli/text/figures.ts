// Numbers for people: with groups of digits and units, and no more digits than one reads.

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A count: `1,234,567`. */
export function countText(count: number): string {
  return grouped.format(count);
}

/** A count with what is counted: `1 line`, `2 lines`. */
export function countedText(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

const units = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Bytes in steps of 1000, three digits: `812 B`, `1.24 MB`. */
export function bytesText(bytes: number): string {
  let [value, step] = [bytes, 0];
  for (; value >= 999.5 && step < units.length - 1; step++) value /= 1_000;
  return `${step === 0 ? value : threeDigits(value)} ${units[step]}`;
}

/** A speed: `1,234 rows/s`. */
export function speedText(rowsPerSecond: number): string {
  return `${countText(rowsPerSecond)} rows/s`;
}

/** A share of a whole, rounded down, so that 100 % is all of it. */
export function percentText(share: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, share)) * 100)} %`;
}

/** How long something took or will take, in the two largest units: `0.42 s`, `3 min 05 s`, `2 h 14 min`. */
export function durationText(seconds: number): string {
  if (seconds < 9.995) return `${Math.max(0, seconds).toFixed(seconds < 0.995 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return twoUnits(whole, 60, "min", "s");
  if (whole < 86_400) return twoUnits(Math.floor(whole / 60), 60, "h", "min");
  return twoUnits(Math.floor(whole / 3_600), 24, "d", "h");
}

/** How long something will still take: no finer than a second, which an estimate is not. */
export function leftText(seconds: number): string {
  const whole = Math.ceil(Math.max(0, seconds));
  return whole < 60 ? `${whole} s` : durationText(whole);
}

/** How long ago something was, in one unit: `now`, `12 s ago`, `3 h ago`. */
export function agoText(seconds: number): string {
  return seconds < 1 ? "now" : `${ageText(seconds)} ago`;
}

/** How long something has been so, in one unit. */
export function ageText(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

function twoUnits(count: number, per: number, large: string, small: string): string {
  const rest = String(count % per).padStart(2, "0");
  return `${Math.floor(count / per)} ${large} ${rest} ${small}`;
}

function threeDigits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}
