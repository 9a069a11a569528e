// Colours by what they mean. Without colours on the screen every text stays as it is.
import { styleText } from "node:util";
import type { Screen } from "../context.ts";

export interface Paint {
  readonly good: Brush;
  readonly bad: Brush;
  readonly warning: Brush;
  /** Neither good nor bad, but to be told from the rest. */
  readonly special: Brush;
  readonly strong: Brush;
  readonly faint: Brush;
}

export type Brush = (text: string) => string;

export function paintFor({ hasColours }: Pick<Screen, "hasColours">): Paint {
  const brush = (format: Parameters<typeof styleText>[0]): Brush => {
    return (text) => (hasColours ? styleText(format, text, { validateStream: false }) : text);
  };
  return {
    good: brush("green"),
    bad: brush("red"),
    warning: brush("yellow"),
    special: brush("cyan"),
    strong: brush("bold"),
    faint: brush("dim"),
  };
}
