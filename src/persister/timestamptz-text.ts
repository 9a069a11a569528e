// A time as text that PostgreSQL reads to the microsecond. A time of the year 0001 with an offset east of Greenwich
// lies in the year before, which PostgreSQL calls 1 BC and knows no zero for.

/** @param us microseconds since 1970-01-01T00:00Z. @returns null for undefined */
export function timestamptzText(us: bigint | undefined): string | null {
  if (us === undefined) return null;
  const microseconds = ((us % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const date = new Date(Number((us - microseconds) / 1_000n));
  const year = date.getUTCFullYear();
  const [day, time] = [date.toISOString().slice(-19, -14), date.toISOString().slice(-13, -5)];
  const digits = (value: number | bigint, width: number) => String(value).padStart(width, "0");
  const shown = `${digits(year > 0 ? year : 1 - year, 4)}-${day} ${time}.${digits(microseconds, 6)}+00`;
  return year > 0 ? shown : `${shown} BC`;
}
