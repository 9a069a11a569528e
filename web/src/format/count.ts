// Numbers as people read them: grouped, with as many digits as mean something, and always with the unit beside.

const grouped = new Intl.NumberFormat("en");
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

export const noValue = "–";

/** 1234567 → "1,234,567" */
export function countText(count: number): string {
  return grouped.format(Math.round(count));
}

/** For axes, where there is no room: 1234567 → "1.23M" */
export function shortCountText(count: number): string {
  return compact.format(count);
}

/** @param digits behind the point */
export function decimalText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return noValue;
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** A share of 1 as per cent. What is not quite all is never shown as 100, and what is not nothing never as 0. */
export function percentText(share: number, digits = 0): string {
  if (!Number.isFinite(share)) return noValue;
  const smallest = 10 ** -digits;
  const percent = share * 100;
  if (share > 0 && percent < smallest) return `<${smallest.toFixed(digits)}`;
  const shown = share < 1 ? Math.floor(percent / smallest) * smallest : percent;
  return shown.toFixed(digits);
}

/** 1 → "1 line", 2 → "2 lines" */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}
