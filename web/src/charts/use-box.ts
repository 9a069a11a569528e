// The width and height that an element has on the screen, followed.
import { useEffect, useState } from "preact/hooks";

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** Null until it is laid out. Whole pixels, so that nothing is drawn again for a fraction. */
export function useBox(element: HTMLElement | null): Box | null {
  const [box, setBox] = useState<Box | null>(null);
  useEffect(() => {
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const width = Math.floor(entry.contentRect.width);
      const height = Math.floor(entry.contentRect.height);
      setBox((last) =>
        last?.width === width && last.height === height ? last : { width, height },
      );
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return box;
}
