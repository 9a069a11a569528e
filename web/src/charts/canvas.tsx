// A canvas as large as its box, as sharp as the screen, drawn again when its size, the colour scheme or what it shows
// has changed.
import { useEffect, useRef, useState } from "preact/hooks";
import { scheme } from "./colours.ts";
import { type Box, useBox } from "./use-box.ts";

export type Draw = (context: CanvasRenderingContext2D, box: Box) => void;

export interface CanvasProps {
  readonly class: string;
  /** Another function is another picture. */
  readonly draw: Draw;
}

/** Decoration to assistive technology: who uses it says in text what it shows. */
export function Canvas({ class: name, draw }: CanvasProps) {
  const [frame, setFrame] = useState<HTMLDivElement | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useBox(frame);
  const colours = scheme.value;
  // Other colours are another picture
  useEffect(() => {
    const element = canvas.current;
    if (element === null || box === null || box.width === 0) return;
    const scale = devicePixelRatio;
    element.width = Math.round(box.width * scale);
    element.height = Math.round(box.height * scale);
    const context = element.getContext("2d");
    if (context === null) return;
    context.scale(scale, scale);
    draw(context, box);
  }, [draw, box, colours]);
  return (
    <div class={name} ref={setFrame} aria-hidden="true">
      <canvas ref={canvas} />
    </div>
  );
}
