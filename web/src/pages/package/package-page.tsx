// One package: what became of it, step by step, its figures, its readings, and its rejected lines.
import { signal } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import type { FileStory } from "../../../../src/api/schemas/files.ts";
import { problemText } from "../../api/problem.ts";
import { useResource } from "../../api/resource.ts";
import { getFile, getFileBuckets, postRetry } from "../../api/routes.ts";
import { CursorContext } from "../../charts/cursor.ts";
import { useEvents } from "../../live/events.ts";
import { useReadingsModel } from "../../readings/model.ts";
import { ReadingsMap } from "../../readings/readings-map.tsx";
import { ReadingsPlots } from "../../readings/readings-plots.tsx";
import { type Zoom, zoomOf, zoomQuery } from "../../readings/zoom.ts";
import { hrefOf, navigate } from "../../router.ts";
import { Foreign } from "../../ui/foreign.tsx";
import { notify } from "../../ui/notices.tsx";
import { Empty, Waiting } from "../../ui/panel.tsx";
import { StatusMark } from "../../ui/status-mark.tsx";
import { Rejects } from "./rejects.tsx";
import { Statistics } from "./statistics.tsx";
import { Timeline } from "./timeline.tsx";

/** As many as a wide screen has room for. */
const plotBuckets = 1_000;

export function PackagePage({ fileId, query }: { fileId: number; query: URLSearchParams }) {
  const story = useResource(`file ${fileId}`, (abort) => getFile(fileId, abort));
  useEvents(
    (event) => event.kind === "reset" || ("fileId" in event && event.fileId === fileId),
    () => void story.load(),
  );
  const { body, problem } = story.state.value;
  if (body === undefined) {
    const isMissing = problem?.kind === "refused" && problem.status === 404;
    if (!isMissing) return <Waiting problem={problem} />;
    return (
      <Empty title={`There is no package ${fileId}`}>
        <a href={hrefOf("/packages")}>All packages</a>
      </Empty>
    );
  }
  return <Story of={body} query={query} reload={() => void story.load()} />;
}

interface StoryProps {
  readonly of: FileStory;
  readonly query: URLSearchParams;
  readonly reload: () => void;
}

function Story({ of, query, reload }: StoryProps) {
  const cursor = useMemo(() => signal<number | null>(null), [of.id]);
  return (
    <CursorContext.Provider value={cursor}>
      <div class="title">
        <h1>
          <Foreign text={of.name} />
        </h1>
        <StatusMark status={of.status} />
        <span class="dim">{of.satelliteType ?? ""}</span>
        <span class="dim">package {of.id}</span>
        {of.status === "failed" && (
          <div class="actions">
            <RetryButton fileId={of.id} done={reload} />
          </div>
        )}
      </div>
      {of.error !== null && (
        <p class="reason" role="alert">
          <Foreign text={of.error} />
        </p>
      )}
      <WithReadings of={of} query={query} />
      <Rejects of={of} query={query} />
    </CursorContext.Provider>
  );
}

function WithReadings({ of, query }: { of: FileStory; query: URLSearchParams }) {
  const zoomText = `${query.get("from")} ${query.get("to")}`;
  // Its text is what matters of the query
  const zoom = useMemo(() => zoomOf(query), [zoomText]);
  const hasReadings = of.importedLines > 0;
  const { from: since, to: until } = zoomQuery(zoom);
  const readings = useResource(`readings ${of.id} ${of.importedLines} ${zoomText}`, (abort) =>
    getFileBuckets(of.id, { buckets: plotBuckets, since, until }, abort),
  );
  const { body } = readings.state.value;
  const model = useReadingsModel(hasReadings ? body : undefined, zoom);
  const reasonOf = query.get("reason") ?? "";
  const onZoom = (to: Zoom | null): void =>
    navigate(hrefOf(`/packages/${of.id}`, { ...zoomQuery(to), reason: reasonOf }));
  return (
    <>
      <div class="columns story">
        <div class="columns">
          <Timeline of={of} />
          <Statistics of={of} />
        </div>
        <ReadingsMap of={model} title="Ground track" />
      </div>
      {model !== undefined && (
        <ReadingsPlots of={model} zoom={zoom} onZoom={onZoom} unzoomed="Show all" />
      )}
    </>
  );
}

function RetryButton({ fileId, done }: { fileId: number; done: () => void }) {
  const [isBusy, setIsBusy] = useState(false);
  const retry = async (): Promise<void> => {
    setIsBusy(true);
    const answer = await postRetry(fileId);
    setIsBusy(false);
    if (answer.ok) notify("The package is in the inbox again.");
    else notify(problemText(answer.problem), "bad");
    done();
  };
  return (
    <button type="button" class="primary" disabled={isBusy} onClick={() => void retry()}>
      Send again
    </button>
  );
}
