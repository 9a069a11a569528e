// Times as the database writes them (UTC, ISO style, `2024-05-01 12:00:00.25+00`), for people.

export function dayText(text: string): string {
  return text.slice(0, 10);
}

export function minuteText(text: string): string {
  return text.slice(0, 16);
}

/** From one time to another, naming the second day only if it is another, and no finer than makes sense. */
export function rangeText(first: string, last: string): string {
  const [firstTime, lastTime] = [first.slice(11, 19), last.slice(11, 19)];
  if (dayText(last) === dayText(first)) return `${dayText(first)} ${firstTime}–${lastTime}`;
  if (last.slice(0, 4) === first.slice(0, 4)) return `${minuteText(first)}–${last.slice(5, 16)}`;
  return `${dayText(first)}–${dayText(last)}`;
}
