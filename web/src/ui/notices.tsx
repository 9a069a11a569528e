// What was done, or could not be, in a line at the foot of the page; and as long as it lasts, that the connection is
// lost. Announced to assistive technology.
import { signal } from "@preact/signals";
import { connection } from "../api/event-stream.ts";

interface Notice {
  readonly text: string;
  readonly isBad: boolean;
}

const notice = signal<Notice | null>(null);
const shownMs = 6_000;
let timer: ReturnType<typeof setTimeout> | undefined;

export function notify(text: string, how: "good" | "bad" = "good"): void {
  notice.value = { text, isBad: how === "bad" };
  clearTimeout(timer);
  timer = setTimeout(() => {
    notice.value = null;
  }, shownMs);
}

export function Notices() {
  const told = notice.value;
  const isLost = connection.value === "lost";
  return (
    <div aria-live="polite">
      {isLost && (
        <div class="notice bad">
          No connection to downlink. What you see is what was known last; trying again.
        </div>
      )}
      {!isLost && told !== null && (
        <div class={told.isBad ? "notice bad" : "notice"}>{told.text}</div>
      )}
    </div>
  );
}
