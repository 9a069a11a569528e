// Every fault point, every action, at its first, second and last hit: the known ways to fail, one by one. Several cases
// run side by side, each with folders and a database of its own.
import PQueue from "p-queue";
import { refusedVelocity } from "../manifest/bad-line.ts";
import { Random } from "../random.ts";
import { Cargo } from "../stage/cargo.ts";
import type { Daemon } from "../stage/daemon.ts";
import { untilSettled } from "../stage/settled.ts";
import type { Station } from "../stage/station.ts";
import { type Campaign, finishLeg, isOver, openStation, stopDaemon } from "./campaign.ts";
import { endSession } from "./faults.ts";

/** In the order in which a package passes them. */
const points = [
  "after_stat",
  "after_claim",
  "after_hash",
  "after_ledger_insert",
  "after_epoch",
  "after_header",
  "worker_mid_chunk",
  "before_begin",
  "mid_copy",
  "after_copy",
  "before_checkpoint",
  "before_commit",
  "commit_sent",
  "after_commit",
  "mid_narrowing",
  "before_last_commit",
  "after_complete",
  "before_unlink",
  "after_unlink",
  "before_archive_move",
  "before_failed_move",
  "after_failed_move",
  "in_drain",
] as const;

export const actions = ["kill9", "throw", "hang", "sigstop", "drop_connection"] as const;
export type Action = (typeof actions)[number];

export interface Case {
  readonly point: string;
  readonly action: Action;
  readonly nth: number;
  /** Whether it must be reached: the number of hits may be smaller in another run. */
  readonly isSure: boolean;
}

const casesAtOnce = 3;
const reachMs = 120_000;
const sameSeed = 7;
/** What the action "throw" throws. */
const plantedFault = /fault at /;

/** @param hits which: 1, 2, "last" */
export async function matrixCampaign(
  campaign: Campaign,
  chosen: readonly Action[],
  hits: readonly (1 | 2 | "last")[],
): Promise<void> {
  const counted = hits.length > 1 ? await countHits(campaign) : new Map<string, number>();
  const cases = points.flatMap((point) =>
    nths(counted.get(point) ?? 1, hits).map((nth) => ({ point, nth })),
  );
  const all = cases.flatMap((one) =>
    chosen.map((action) => ({ ...one, action, isSure: one.nth === 1 })),
  );
  await runCases(campaign, all);
}

export async function runCases(campaign: Campaign, cases: readonly Case[]): Promise<void> {
  const queue = new PQueue({ concurrency: casesAtOnce });
  let done = 0;
  const run = async (one: Case): Promise<void> => {
    if (!isOver(campaign)) await runCase(campaign, one);
    campaign.tally.progress("cases", ++done, cases.length);
  };
  await queue.addAll(cases.map((one) => () => run(one)));
}

/** The hits of a point to be tried, each once. */
function nths(count: number, hits: readonly (1 | 2 | "last")[]): number[] {
  const wanted = hits.map((hit) => (hit === "last" ? count : hit));
  return [...new Set(wanted)].filter((nth) => nth <= Math.max(1, count));
}

/** How often each point is passed when nothing goes wrong. */
async function countHits(campaign: Campaign): Promise<Map<string, number>> {
  const station = await openScene(campaign);
  try {
    const daemon = await station.start({ tellsAll: true });
    await finishLeg(campaign, station, "npm run chaos -- --matrix");
    const counts = new Map<string, number>();
    for (const { point, nth } of daemon.told) counts.set(point, nth);
    return counts;
  } finally {
    await station.close();
  }
}

/** Packages that lead past every point; always the same ones. */
export async function openScene(campaign: Campaign): Promise<Station> {
  const station = await openStation(campaign, { batchRows: 100, maxPackages: 1 });
  await station.alter(`ALTER TABLE telemetry ADD CHECK (velocity <> ${refusedVelocity})`);
  const cargo = new Cargo(station, "matrix", new Random(sameSeed));
  for (const kind of ["small", "refused", "tooLong", "constrained", "refused"])
    await cargo.dropOne(kind);
  return station;
}

async function runCase(campaign: Campaign, one: Case): Promise<void> {
  const { point, action, nth } = one;
  const replay = `npm run chaos -- --matrix --case ${point}:${action}:${nth}`;
  const station = await openScene(campaign);
  try {
    const daemon = await station.start({ faults: `${point}:${action}:${nth}` });
    daemon.isDoomed = action === "kill9";
    campaign.tally.count(`cases: ${action}`);
    if (point === "in_drain") await askToStop(daemon);
    if (await isReached(station, daemon, point))
      await afterReach(campaign, station, daemon, action, replay);
    else if (one.isSure) {
      campaign.tally.add(
        [{ kind: "not reached", check: "matrix", subject: point, said: daemon.lastWords() }],
        replay,
      );
    } else campaign.tally.count("cases whose hit was not reached");
    if (point === "in_drain" && action !== "kill9") await stopDaemon(campaign, daemon, replay);
    await finishLeg(
      { ...campaign, planted: action === "throw" ? plantedFault : undefined },
      station,
      replay,
    );
  } finally {
    await station.close();
  }
}

async function isReached(station: Station, daemon: Daemon, point: string): Promise<boolean> {
  const reached = daemon.reached("reached", point, reachMs);
  if (await Promise.race([reached, untilSettled(station).then(() => false)])) return true;
  return daemon.reached("reached", point, 500); // Points behind the end of the last package.
}

async function afterReach(
  campaign: Campaign,
  station: Station,
  daemon: Daemon,
  action: Action,
  replay: string,
): Promise<void> {
  switch (action) {
    case "kill9":
      await daemon.kill9();
      return;
    case "throw":
      return;
    case "hang": // It cannot know; but it must still stop when it is asked to.
      return stopDaemon(campaign, daemon, replay);
    case "sigstop":
      return replace(campaign, station, daemon, replay);
    case "drop_connection":
      daemon.network.cut();
      return daemon.answer();
  }
}

/** The drain is the one step that has to be asked for; it comes amid the loading. */
async function askToStop(daemon: Daemon): Promise<void> {
  await daemon.network.committed(1, AbortSignal.timeout(reachMs));
  void daemon.stop();
}

/** A successor loads everything while the zombie stands still; then that wakes up. */
async function replace(
  campaign: Campaign,
  station: Station,
  zombie: Daemon,
  replay: string,
): Promise<void> {
  await zombie.paused();
  await endSession(station, zombie);
  await station.start();
  const left = await untilSettled(station);
  if (left !== undefined) {
    const said = `a successor does not finish a paused daemon's work: ${left}`;
    campaign.tally.add([{ kind: "stuck", check: "D9", subject: station.database, said }], replay);
  }
  zombie.resume();
}

/** @param text `point:action:nth`, as it stands in the command that replays a case. @throws {RangeError} */
export function parseCase(text: string): Case {
  const [point = "", wanted, nth] = text.split(":");
  const action = actions.find((known) => known === wanted);
  if (action === undefined || !points.some((known) => known === point) || !(Number(nth) >= 1)) {
    throw new RangeError(`no case of the matrix: ${text}`);
  }
  return { point, action, nth: Number(nth), isSure: false };
}
