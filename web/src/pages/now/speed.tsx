// Lines loaded and rejected a second, over the last minutes.
import { useMemo } from "preact/hooks";
import { Plot } from "../../charts/plot.tsx";
import type { PlotSeries } from "../../charts/plot-options.ts";
import { countText, shortCountText } from "../../format/count.ts";
import { historySeconds, throughput } from "../../live/throughput.ts";
import { Unit } from "../../ui/figures.tsx";
import { Panel } from "../../ui/panel.tsx";

export function Speed() {
  const { seconds, imported, rejected } = throughput.value;
  const last = seconds.at(-1) ?? Math.floor(Date.now() / 1000) - 1;
  const range = useMemo(() => [last - historySeconds + 1, last] as const, [last]);
  const rows = useMemo<PlotSeries[]>(
    () => [{ label: "rows", colour: "--series-1", values: imported, isFilled: true }],
    [imported],
  );
  const rejects = useMemo<PlotSeries[]>(
    () => [{ label: "rejected", colour: "--series-bad", values: rejected, isFilled: true }],
    [rejected],
  );
  const shared = { seconds, range, axisText: shortCountText, startsAtZero: true, leastSpan: 10 };
  return (
    <div class="columns">
      <Panel title="Readings loaded per second" aside={<Peak of={imported} unit="rows/s" />}>
        <Plot {...shared} series={rows} label="Readings loaded in each of the last 300 seconds" />
      </Panel>
      <Panel title="Lines rejected per second" aside={<Peak of={rejected} unit="lines/s" />}>
        <Plot {...shared} series={rejects} label="Lines rejected in each of the last 300 seconds" />
      </Panel>
    </div>
  );
}

function Peak({ of, unit }: { of: readonly number[]; unit: string }) {
  return (
    <span>
      peak {countText(Math.max(0, ...of))}
      <Unit>{unit}</Unit> in 5 min
    </span>
  );
}
