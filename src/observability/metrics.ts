// The metrics of the daemon: which there are, and what is counted in them. What happens comes as events; what stands at
// the moment of a scrape is read by functions that are given.
import type { DaemonEvent, Events } from "./events.ts";
import { followPackages, stages } from "./package-story.ts";
import { type Exposition, Prometheus, type Reading } from "./prometheus.ts";
import { RecentRate } from "./recent-rate.ts";
import { Standstill } from "./standstill.ts";

export interface MetricsOptions {
  readonly events: Events;
  readonly readings: readonly Reading[];
  /** Why a line may be rejected. */
  readonly rejectionReasons: readonly string[];
  /** What may be restarted: ids of components, up to a colon. */
  readonly components: readonly string[];
}

const commitBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const stageBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200];

/** To be called before anything happens: what happened earlier is not counted. @returns what answers a scrape */
export function metricsOf(options: MetricsOptions): () => Promise<Exposition> {
  const prometheus = new Prometheus();
  prometheus.addProcess();
  countPackages(prometheus, options);
  countLines(prometheus, options);
  tellStates(prometheus, options);
  for (const reading of options.readings) prometheus.reading(reading);
  return () => prometheus.expose();
}

function countPackages(prometheus: Prometheus, { events }: MetricsOptions): void {
  const claimed = prometheus.counter({
    name: "downlink_packages_claimed_total",
    help: "Files that were taken out of the inbox.",
  });
  const ended = prometheus.counterBy({
    name: "downlink_packages_total",
    help: "Packages that came to their end, by outcome.",
    label: "outcome",
    values: ["complete", "failed", "duplicate"],
  });
  const stage = prometheus.histogramBy(
    {
      name: "downlink_package_stage_seconds",
      help: "Seconds of a package in a stage. load: the run that ended it, commit: all its transactions, total: since it was first seen.",
      label: "stage",
      values: stages,
    },
    stageBuckets,
  );
  on(events, "package_claimed", () => claimed(1));
  followPackages(events, ({ outcome }, story) => {
    ended(outcome, 1);
    for (const [name, seconds] of Object.entries(story.stages)) stage(name, seconds);
  });
  const standstill = new Standstill();
  events.subscribe((event) => standstill.note(event, performance.now()));
  prometheus.reading({
    name: "downlink_package_idle_seconds",
    help: "Time without a commit of the package in loading that has waited longest; 0 if none is being loaded.",
    read: () => standstill.seconds(performance.now()),
  });
}

function countLines(prometheus: Prometheus, { events, rejectionReasons }: MetricsOptions): void {
  const imported = prometheus.counter({
    name: "downlink_lines_imported_total",
    help: "Lines that were committed as rows of telemetry.",
  });
  const rejected = prometheus.counterBy({
    name: "downlink_lines_rejected_total",
    help: "Lines that were committed as rejected, stored or only counted, by reason.",
    label: "reason",
    values: rejectionReasons,
  });
  const bytes = prometheus.counter({
    name: "downlink_package_bytes_total",
    help: "Bytes of packages whose lines were committed.",
  });
  const commit = prometheus.histogram(
    {
      name: "downlink_commit_seconds",
      help: "Seconds of the transactions that committed a batch, without the wait for their turn.",
    },
    commitBuckets,
  );
  const rate = new RecentRate();
  on(events, "batch_committed", (batch) => {
    imported(batch.rows);
    for (const [reason, lines] of Object.entries(batch.reasons)) rejected(reason, lines);
    bytes(batch.bytes);
    commit(batch.seconds);
    rate.add(batch.rows, performance.now());
  });
  prometheus.reading({
    name: "downlink_rows_per_second",
    help: "Rows that were committed a second, over the last ten seconds.",
    read: () => rate.perSecond(performance.now()),
  });
}

function tellStates(prometheus: Prometheus, { events, components }: MetricsOptions): void {
  const database = prometheus.state({
    name: "downlink_database_state",
    help: "1 for the state of the connection to the database, 0 for the others.",
    label: "state",
    values: ["connecting", "ready", "away", "refused", "stopped"],
  });
  on(events, "database_changed", ({ state }) => database(state));
  const restarts = prometheus.counterBy({
    name: "downlink_component_restarts_total",
    help: "Components that ended and were started again by their supervisor, by kind.",
    label: "component",
    values: components,
  });
  on(events, "component_restarted", ({ component }) => restarts(kindOf(component), 1));
  const inbox = prometheus.gauge({
    name: "downlink_inbox_files",
    help: "Files that the last scan of the inbox found; those left alone do not count.",
  });
  on(events, "inbox_changed", ({ files }) => inbox(files));
}

function on<Kind extends DaemonEvent["kind"]>(
  events: Events,
  kind: Kind,
  listener: (event: Extract<DaemonEvent, { kind: Kind }>) => void,
): void {
  const isOfKind = (event: DaemonEvent): event is Extract<DaemonEvent, { kind: Kind }> =>
    event.kind === kind;
  events.subscribe((event) => {
    if (isOfKind(event)) listener(event);
  });
}

/** `file-reader:17` is a file-reader. */
const kindOf = (component: string): string => component.split(":", 1).join();
