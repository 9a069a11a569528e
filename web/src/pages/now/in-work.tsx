// The packages in work, a row each. There is room for as many as are loaded at once by default, or have been since the
// page was opened, so that nothing below moves when one comes or goes.
import { useRef } from "preact/hooks";
import type { PackageInWork } from "../../../../src/api/schemas/status.ts";
import { countText, noValue, percentText } from "../../format/count.ts";
import { bytesText, wholeDurationText } from "../../format/quantity.ts";
import { status } from "../../live/status.ts";
import { work } from "../../live/work.ts";
import { hrefOf } from "../../router.ts";
import { Rejects, Unit } from "../../ui/figures.tsx";
import { Name } from "../../ui/foreign.tsx";
import { Empty, Panel } from "../../ui/panel.tsx";

/** Further ones wait behind them, and are counted. */
const mostShown = 64;
const fewestSlots = 4;
const mostSlots = 8;

export function InWork() {
  const all = work.value;
  const shown = [...all].sort(loadingFirst).slice(0, mostShown);
  const loading = all.filter(({ state }) => state === "loading").length;
  const slots = useRef(fewestSlots);
  slots.current = Math.min(mostSlots, Math.max(slots.current, loading));
  return (
    <Panel
      title="In work"
      class="in-work"
      aside={<Counts loading={loading} waiting={all.length - loading} />}
    >
      <div class="slots" style={{ "--slots": slots.current }}>
        {shown.map((one) => (
          <InWorkRow key={one.fileId} of={one} />
        ))}
        {shown.length === 0 && status.value !== undefined && <Idle />}
      </div>
    </Panel>
  );
}

function Counts({ loading, waiting }: { loading: number; waiting: number }) {
  if (loading + waiting === 0) return null;
  return (
    <span>
      {countText(loading)} loading, {countText(waiting)} waiting
    </span>
  );
}

function loadingFirst(a: PackageInWork, b: PackageInWork): number {
  if (a.state !== b.state) return a.state === "loading" ? -1 : 1;
  return a.fileId - b.fileId;
}

function Idle() {
  return (
    <Empty title="Nothing to load">
      <span>
        Drop a package into <code>files/ingest</code> or onto this page,
      </span>
      <span>
        or make one: <code>npx downlink simulate --satellite jackal_mk1 --lines 100000</code>
      </span>
    </Empty>
  );
}

function InWorkRow({ of }: { of: PackageInWork }) {
  const isLoading = of.state === "loading";
  return (
    <article class="slot" data-file-id={of.fileId} aria-label={`Package ${of.fileId}`}>
      <a class="what" href={hrefOf(`/packages/${of.fileId}`)}>
        <Name text={of.name} />
      </a>
      <span class="type dim">{of.satelliteType ?? ""}</span>
      <div
        class="meter"
        role="progressbar"
        aria-label="Loaded"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(of.share * 100)}
      >
        <div style={{ transform: `scaleX(${of.share})` }} />
      </div>
      <dl>
        <Figure term="loaded" value={percentText(of.share)} unit="%" />
        <Figure term="of" value={bytesText(of.sizeBytes)} />
        <Figure
          term="speed"
          value={isLoading ? countText(of.rowsPerSecond) : noValue}
          unit="rows/s"
        />
        <Figure
          term="left"
          value={of.secondsLeft === null ? noValue : wholeDurationText(of.secondsLeft)}
        />
        <div>
          <dt>rejected</dt>
          <dd>
            <Rejects of={of.errors} />
          </dd>
        </div>
      </dl>
    </article>
  );
}

function Figure({ term, value, unit }: { term: string; value: string; unit?: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        {value}
        {unit !== undefined && <Unit>{unit}</Unit>}
      </dd>
    </div>
  );
}
