// Moments in UTC. They come as ISO 8601 text with microseconds, which a Date would cut: so text stays text, and is only
// cut into its parts.

export interface MomentParts {
  /** 2026-11-21; a year beyond 9999 or before 0000 with its sign */
  readonly day: string;
  /** 14:52:28 */
  readonly time: string;
  /** .123456, always six digits */
  readonly fraction: string;
}

const isoText = /^([+-]?\d{4,6}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\d*(?:Z|\+00:00)$/;

/** @returns undefined for what is no time in UTC */
export function momentParts(iso: string): MomentParts | undefined {
  const [, day, time, fraction = ""] = isoText.exec(iso) ?? [];
  if (day === undefined || time === undefined) return undefined;
  return { day, time, fraction: `.${fraction.padEnd(6, "0")}` };
}

/** "2026-11-21 14:52:28.123456" */
export function momentText(iso: string): string {
  const parts = momentParts(iso);
  return parts === undefined ? iso : `${parts.day} ${parts.time}${parts.fraction}`;
}

/** Seconds since 1970, with microseconds as far as a double holds them: for plots. */
export function epochSeconds(iso: string): number {
  const parts = momentParts(iso);
  if (parts === undefined) return Number.NaN;
  const ms = Date.parse(`${dayForDate(parts.day)}T${parts.time}Z`);
  return ms / 1000 + Number(`0${parts.fraction}`);
}

/** Date takes a year with a sign only with six digits. */
function dayForDate(day: string): string {
  return day.replace(
    /^([+-])(\d+)/,
    (_, sign: string, year: string) => sign + year.padStart(6, "0"),
  );
}

/** The other way: ISO 8601 text with microseconds. "" for what no Date holds. */
export function isoFromSeconds(seconds: number): string {
  const whole = Math.floor(seconds);
  const date = new Date(whole * 1000);
  if (Number.isNaN(date.getTime())) return "";
  const text = date
    .toISOString()
    .replace(/^([+-])0{1,2}/, "$1")
    .slice(0, -".000Z".length);
  const micros = Math.min(999_999, Math.max(0, Math.round((seconds - whole) * 1e6)));
  return `${text}.${String(micros).padStart(6, "0")}Z`;
}

const daySeconds = 86_400;

/** What stands at the ticks of an axis, so many seconds apart: as fine as that needs, the day where it changes. */
export function tickTexts(
  ticks: readonly number[],
  step: number,
  hasRoomForDays: boolean,
): string[] {
  let lastDay: string | undefined;
  return ticks.map((seconds) => {
    const parts = momentParts(isoFromSeconds(seconds));
    if (parts === undefined) return "";
    const { day, time, fraction } = parts;
    if (step >= daySeconds) return step >= 28 * daySeconds ? day.slice(0, -"-01".length) : day;
    const fine = step >= 60 ? time.slice(0, 5) : step >= 1 ? time : time + fraction.slice(0, 4);
    const isNewDay = lastDay !== undefined && day !== lastDay;
    lastDay = day;
    return isNewDay && hasRoomForDays ? `${day.slice(-"01-01".length)} ${fine}` : fine;
  });
}

/** "now", "12 s ago", "3 min ago", "5 h ago", "2 d ago", "1.5 years ago"; the future is "in 12 s" */
export function relativeText(seconds: number): string {
  const ago = Math.abs(seconds);
  if (ago < 1) return "now";
  const text = roughDuration(ago);
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

const yearSeconds = 365.25 * daySeconds;

function roughDuration(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * daySeconds) return `${Math.floor(seconds / 3600)} h`;
  if (seconds < yearSeconds) return `${Math.floor(seconds / daySeconds)} d`;
  return `${(seconds / yearSeconds).toFixed(1)} years`;
}
