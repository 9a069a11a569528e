// The time of now, once a second, for what is told as "12 s ago". Stands still while nobody looks at the page.
import { signal } from "@preact/signals";

/** ms since 1970, by this machine's clock. */
export const nowMs = signal(Date.now());

let timer: ReturnType<typeof setTimeout> | undefined;

function tick(): void {
  const ms = Date.now();
  nowMs.value = ms;
  timer = setTimeout(tick, 1000 - (ms % 1000) + 5); // On the second, so that the clock in the bar never skips one.
}

function follow(): void {
  clearTimeout(timer);
  if (!document.hidden) tick();
}

document.addEventListener("visibilitychange", follow);
follow();
