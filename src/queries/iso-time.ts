// Times as the database writes them (UTC, ISO style, `2024-05-01 12:00:00.25+00`), for programs: ISO 8601; and back.

const shape = /^(\d{4,})-(\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)?\+00( BC)?$/;

/** ISO 8601 with all six digits of the microseconds; a text that is no such time as it is. */
export function isoTime(text: string): string {
  const [, year = "", day, time, fraction = ".", era] = shape.exec(text) ?? [];
  if (day === undefined) return text;
  const isoYear = era === undefined ? year : String(1 - Number(year)).padStart(4, "0"); // 1 BC is year 0.
  const sign = isoYear.length > 4 && era === undefined ? "+" : "";
  return `${sign}${isoYear}-${day}T${time}${fraction.padEnd(7, "0")}Z`;
}

/** The same for a time that may be missing. */
export function isoTimeOrNull(text: string | null): string | null {
  return text === null ? null : isoTime(text);
}

/** What `isoTime` gave, as the database reads it: no sign before a year, and none that is 0. */
export function databaseTime(text: string): string {
  if (text.startsWith("0000-")) return `0001-${text.slice(5)} BC`;
  return text.replace(/^[+ ]/, ""); // In a URL a plus sign is a space.
}
