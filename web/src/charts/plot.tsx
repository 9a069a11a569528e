// One plot over time: uPlot, as a component. It shares the cursor of its page, and a range that is drawn with the
// pointer is handed on, since the server has more to show of it than is here.
import { useContext, useEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { scheme } from "./colours.ts";
import { CursorContext } from "./cursor.ts";
import { type PlotLook, type PlotSeries, plotData, plotOptions } from "./plot-options.ts";
import { useBox } from "./use-box.ts";

export interface PlotProps {
  /** What it shows, in a sentence: all that is told to those who do not see it. */
  readonly label: string;
  readonly seconds: readonly number[];
  readonly series: readonly PlotSeries[];
  readonly axisText: (value: number) => string;
  readonly startsAtZero?: boolean;
  readonly leastSpan?: number;
  readonly timeText?: (seconds: number) => string;
  /** The range of time to show; without: that of the values. */
  readonly range?: readonly [number, number];
  readonly onZoom?: (from: number, to: number) => void;
}

const leastZoomPx = 4;

/** Its height is that of `.plot` in the style sheet. */
export function Plot(props: PlotProps) {
  const { label, seconds, series, range } = props;
  const [frame, setFrame] = useState<HTMLDivElement | null>(null);
  const box = useBox(frame);
  const cursor = useContext(CursorContext);
  const latest = useRef(props);
  latest.current = props;
  const colours = scheme.value;
  const isReady = frame !== null && box !== null && box.width > 0;

  // What the plot is made of; its data comes later, and again and again.
  // Made anew for another size or other colours alone
  const plot = useMemo(() => {
    if (!isReady) return null;
    return newPlot(latest, cursor, frame, lookOf(props, box.width, box.height));
  }, [isReady, box, colours, series.length, cursor]);

  useEffect(() => () => plot?.destroy(), [plot]);
  useEffect(() => {
    if (plot === null) return;
    plot.setData(plotData(seconds, series), range === undefined);
    if (range !== undefined) plot.setScale("x", { min: range[0], max: range[1] });
  }, [plot, seconds, series, range]);
  useEffect(() => {
    if (plot !== null) return cursor.subscribe((at) => showAt(plot, at));
    return undefined;
  }, [plot, cursor]);

  return <div class="plot" ref={setFrame} role="img" aria-label={label} />;
}

function lookOf(props: PlotProps, width: number, height: number): PlotLook {
  const { axisText, startsAtZero = false, leastSpan = 0, timeText, onZoom } = props;
  const look = { axisText, startsAtZero, leastSpan, width, height, canZoom: onZoom !== undefined };
  return timeText === undefined ? look : { ...look, timeText };
}

type Latest = { readonly current: PlotProps };

function newPlot(
  latest: Latest,
  cursor: { value: number | null },
  frame: HTMLElement,
  look: PlotLook,
): uPlot {
  const options = plotOptions(latest.current.series, look);
  options.hooks = {
    setSelect: [
      (self) => {
        const { left, width } = self.select;
        if (width < leastZoomPx) return;
        latest.current.onZoom?.(self.posToVal(left, "x"), self.posToVal(left + width, "x"));
        self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      },
    ],
  };
  const plot = new uPlot(options, undefined, frame);
  plot.over.addEventListener("pointermove", ({ offsetX }) => {
    cursor.value = plot.posToVal(offsetX, "x");
  });
  plot.over.addEventListener("pointerleave", () => {
    cursor.value = null;
  });
  return plot;
}

function showAt(plot: uPlot, seconds: number | null): void {
  if (plot.over.matches(":hover") && seconds !== null) return; // It follows its own pointer.
  plot.setCursor({ left: seconds === null ? -10 : plot.valToPos(seconds, "x"), top: 0 }, false);
}
