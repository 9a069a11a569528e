// Numbers as people read them: three digits that count, more only where they stand before the point. Infinite is what was waited for and not seen.

export function shownNumber(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "–";
  if (value === Number.POSITIVE_INFINITY) return "never";
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString("en-US").replaceAll(",", " ");
  return value.toFixed(size >= 10 ? 1 : 2);
}
