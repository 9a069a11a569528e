// Fault points at which a test does what it likes.
import type { FaultPoint, FaultPoints } from "../../src/observability/fault-points.ts";

type Action = () => unknown;

/** Carries out an action each time its point is reached; see `first` for one that happens once. */
export function faultsAt(actions: Readonly<Partial<Record<FaultPoint, Action>>>): FaultPoints {
  return {
    async at(point) {
      await actions[point]?.();
    },
  };
}

/** The action, the first `times` times; nothing after that. */
export function first(action: Action, times = 1): Action {
  let left = times;
  return () => (left-- > 0 ? action() : undefined);
}
