// Sizes and durations, as a number and its unit.

export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

const byteUnits = ["kB", "MB", "GB", "TB", "PB"] as const;

/** In steps of 1000, with three digits: 1234567 → 1.23 MB */
export function bytesQuantity(bytes: number): Quantity {
  if (bytes < 1000) return { value: String(Math.round(bytes)), unit: "B" };
  let value = bytes / 1000;
  let step = 0;
  while (value >= 999.5 && step < byteUnits.length - 1) {
    value /= 1000;
    step++;
  }
  return { value: threeDigits(value), unit: byteUnits[step] ?? "B" };
}

export function bytesText(bytes: number): string {
  const { value, unit } = bytesQuantity(bytes);
  return `${value} ${unit}`;
}

function threeDigits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

/** 0.042 → "42 ms", 4.25 → "4.3 s", 65 → "1 min 05 s", 7500 → "2 h 05 min", 93600 → "1 d 02 h" */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return twoUnits(whole, 60, "min", "s");
  if (whole < 86_400) return twoUnits(Math.floor(whole / 60), 60, "h", "min");
  return twoUnits(Math.floor(whole / 3600), 24, "d", "h");
}

/** Without parts of a second, for what counts down or up: 4.25 → "4 s" */
export function wholeDurationText(seconds: number): string {
  return seconds < 59.5 ? `${Math.max(0, Math.round(seconds))} s` : durationText(seconds);
}

function twoUnits(small: number, each: number, bigUnit: string, smallUnit: string): string {
  const rest = String(small % each).padStart(2, "0");
  return `${Math.floor(small / each)} ${bigUnit} ${rest} ${smallUnit}`;
}
