// Shows something again and again: on a terminal in the same place, else one below the other.
import { pause } from "../../database/backoff.ts";
import type { Context } from "../context.ts";
import { interruptible } from "../interruptible.ts";
import { clip } from "../text/display-width.ts";
import { LiveScreen } from "../text/live-screen.ts";

const everyMs = 1_000;

/** Until the process is asked to end. What was shown last stays on the screen. */
export async function showAgain(
  context: Context,
  frame: () => Promise<readonly string[]>,
): Promise<void> {
  const isTerminal = context.screen.rows !== undefined;
  const screen = new LiveScreen({ write: context.write, isTerminal });
  try {
    await interruptible(async (signal) => {
      while (!signal.aborted) {
        const lines = await frame();
        if (isTerminal) screen.draw(fitting(lines, context.screen.rows ?? lines.length));
        else screen.keep([...lines, ""]);
        await pause(everyMs, signal);
      }
    });
  } finally {
    screen.end();
  }
}

/** What is higher than the screen cannot be drawn over. */
function fitting(lines: readonly string[], rows: number): readonly string[] {
  const most = Math.max(1, rows - 1);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), clip(`and ${lines.length - most + 1} more lines`, 40)];
}
