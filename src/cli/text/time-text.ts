// Times for people: as short as their purpose allows, always UTC. In: ISO 8601 with microseconds, as queries give it.

const shape = /^([+-]?\d{4,}-\d\d-\d\d)T(\d\d:\d\d):(\d\d)(\.\d+)?Z$/;

interface Parts {
  readonly day: string;
  readonly minute: string;
  readonly second: string;
  readonly fraction: string;
}

/** A text that is no such time stands for itself. */
function partsOf(iso: string): Parts {
  const [, day = iso, minute = "", second = "", fraction = ""] = shape.exec(iso) ?? [];
  return { day, minute, second, fraction };
}

export function dayText(iso: string): string {
  return partsOf(iso).day;
}

export function minuteText(iso: string): string {
  const { day, minute } = partsOf(iso);
  return `${day} ${minute}`;
}

/** `2024-05-01 12:00:00`. */
export function secondText(iso: string): string {
  const { day, minute, second } = partsOf(iso);
  return `${day} ${minute}:${second}`;
}

/** With all digits of the microseconds. */
export function exactText(iso: string): string {
  return `${secondText(iso)}${partsOf(iso).fraction}`;
}

/** From one time to another, naming the second day only if it is another, and no finer than makes sense. */
export function rangeText(first: string, last: string): string {
  const [from, to] = [partsOf(first), partsOf(last)];
  if (to.day === from.day) {
    return `${from.day} ${from.minute}:${from.second}–${to.minute}:${to.second}`;
  }
  const [fromYear, toYear] = [from.day.slice(0, -6), to.day.slice(0, -6)];
  if (toYear === fromYear) {
    return `${from.day} ${from.minute}–${to.day.slice(-5)} ${to.minute}`;
  }
  return `${from.day}–${to.day}`;
}

/** Seconds from a moment to now; microseconds do not matter. */
export function secondsSince(iso: string, nowMs: number): number {
  return (nowMs - Date.parse(iso)) / 1_000;
}
