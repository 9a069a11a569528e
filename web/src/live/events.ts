// What the daemon tells, to all parts of the page that listen.
import { useEffect, useRef } from "preact/hooks";
import type { Event as DaemonEvent } from "../../../src/api/schemas/events.ts";

export type { DaemonEvent };

type Listener = (event: DaemonEvent) => void;

const listeners = new Set<Listener>();

export function tell(event: DaemonEvent): void {
  for (const listener of [...listeners]) listener(event);
}

function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** For as long as a component is there: calls `react` after events that matter, at most once in `pauseMs`. */
export function useEvents(
  matters: (event: DaemonEvent) => boolean,
  react: () => void,
  pauseMs = 1_000,
): void {
  const latest = useRef({ matters, react });
  latest.current = { matters, react };
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastMs = Number.NEGATIVE_INFINITY;
    const fire = (): void => {
      timer = undefined;
      lastMs = performance.now();
      latest.current.react();
    };
    const unlisten = listen((event) => {
      if (timer !== undefined || !latest.current.matters(event)) return;
      timer = setTimeout(fire, Math.max(0, lastMs + pauseMs - performance.now()));
    });
    return () => {
      clearTimeout(timer);
      unlisten();
    };
  }, [pauseMs]);
}
