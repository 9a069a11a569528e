// Moments: in UTC with microseconds, or told from now.

import { epochSeconds, momentParts, momentText, relativeText } from "../format/time.ts";
import { nowMs } from "../live/clock.ts";

/** "2026-11-21 14:52:28.123456", the microseconds in the background. */
export function Moment({ iso, digits = 6 }: { iso: string; digits?: 0 | 3 | 6 }) {
  const parts = momentParts(iso);
  if (parts === undefined) return <span>{iso}</span>;
  return (
    <time dateTime={iso} title={`${momentText(iso)} UTC`}>
      {parts.day} {parts.time}
      {digits > 0 && <span class="dim">{parts.fraction.slice(0, digits + 1)}</span>}
    </time>
  );
}

/** "12 s ago"; the moment itself is in its title. */
export function Ago({ iso }: { iso: string }) {
  return (
    <time dateTime={iso} title={`${momentText(iso)} UTC`}>
      {relativeText(nowMs.value / 1000 - epochSeconds(iso))}
    </time>
  );
}

/** From one moment to another; a day that both share is said once. */
export function Span({ from, to }: { from: string; to: string }) {
  const first = momentParts(from);
  const last = momentParts(to);
  if (first === undefined || last === undefined) return <span>{`${from} – ${to}`}</span>;
  const title = `${momentText(from)} – ${momentText(to)} UTC`;
  return (
    <span title={title}>
      {first.day} {first.time} – {last.day === first.day ? "" : `${last.day} `}
      {last.time}
    </span>
  );
}
