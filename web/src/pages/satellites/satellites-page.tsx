// Each satellite type: what there is of it, which times it has readings of, and its readings over time.
import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Satellite } from "../../../../src/api/schemas/satellites.ts";
import { useResource } from "../../api/resource.ts";
import { getSatellites, getTypeBuckets } from "../../api/routes.ts";
import { CursorContext } from "../../charts/cursor.ts";
import { useEvents } from "../../live/events.ts";
import { useReadingsModel } from "../../readings/model.ts";
import { ReadingsMap } from "../../readings/readings-map.tsx";
import { ReadingsPlots } from "../../readings/readings-plots.tsx";
import { type Zoom, zoomOf, zoomQuery } from "../../readings/zoom.ts";
import { hrefOf, navigate } from "../../router.ts";
import { Empty, Waiting } from "../../ui/panel.tsx";
import { CoveragePanel } from "./coverage-panel.tsx";
import { LatestState } from "./latest-state.tsx";

const coverageBuckets = 300;
const plotBuckets = 1_000;
/** Readings of all packages are much to look through: not more often than this. */
const reloadMs = 5_000;

export function SatellitesPage({ query }: { query: URLSearchParams }) {
  const satellites = useResource("satellites", (abort) =>
    getSatellites({ buckets: coverageBuckets }, abort),
  );
  useEvents(
    ({ kind }) => kind === "reset" || kind === "package_complete" || kind === "package_failed",
    () => void satellites.load(),
    reloadMs,
  );
  const { body, problem } = satellites.state.value;
  if (body === undefined) return <Waiting problem={problem} />;
  const wanted = query.get("type");
  const withReadings = body.satellites.find(({ lastTimestamp }) => lastTimestamp !== null);
  const chosen =
    body.satellites.find(({ satelliteType }) => satelliteType === wanted) ??
    withReadings ??
    body.satellites[0];
  return (
    <>
      <div class="title">
        <h1>Satellites</h1>
        <nav class="tabs" aria-label="Satellite types">
          {body.satellites.map(({ satelliteType }) => (
            <a
              key={satelliteType}
              href={hrefOf("/satellites", { type: satelliteType })}
              aria-current={satelliteType === chosen?.satelliteType ? "page" : undefined}
            >
              {satelliteType}
            </a>
          ))}
        </nav>
      </div>
      {chosen === undefined ? (
        <NoReadings type="jackal_mk1" />
      ) : (
        <SatelliteView key={chosen.satelliteType} of={chosen} query={query} />
      )}
    </>
  );
}

function NoReadings({ type }: { type: string }) {
  return (
    <Empty title={`No readings of ${type} yet`}>
      <span>Drop a package of it, or make one:</span>
      <code>{`npx downlink simulate --satellite ${type} --lines 10000`}</code>
    </Empty>
  );
}

function SatelliteView({ of, query }: { of: Satellite; query: URLSearchParams }) {
  const cursor = useMemo(() => signal<number | null>(null), []);
  const { satelliteType, importedLines } = of;
  const zoomText = `${query.get("from")} ${query.get("to")}`;
  // Its text is what matters of the query
  const zoom = useMemo(() => zoomOf(query), [zoomText]);
  const { from: since, to: until } = zoomQuery(zoom);
  const readings = useResource(`type ${satelliteType} ${importedLines} ${zoomText}`, (abort) =>
    getTypeBuckets({ satelliteType, buckets: plotBuckets, since, until }, abort),
  );
  const { body, problem } = readings.state.value;
  const model = useReadingsModel(body, zoom);
  const onZoom = (to: Zoom | null): void =>
    navigate(hrefOf("/satellites", { type: satelliteType, ...zoomQuery(to) }));
  if (of.lastTimestamp === null) return <NoReadings type={satelliteType} />;
  return (
    <CursorContext.Provider value={cursor}>
      <div class="columns story">
        <div class="columns">
          <LatestState of={of} />
          <CoveragePanel of={of} zoom={zoom} onZoom={onZoom} />
        </div>
        <ReadingsMap of={model} title="Ground track" />
      </div>
      {model === undefined ? (
        <Waiting problem={problem} />
      ) : (
        <ReadingsPlots of={model} zoom={zoom} onZoom={onZoom} unzoomed="Latest day" />
      )}
    </CursorContext.Provider>
  );
}
