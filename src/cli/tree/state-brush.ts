// The colour of a component's state.
import type { Brush, Paint } from "../text/paint.ts";

export function stateBrush(state: string, paint: Paint): Brush {
  if (state === "running") return paint.good;
  return state === "restarting" ? paint.bad : paint.warning;
}
