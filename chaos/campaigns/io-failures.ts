// The n-th call fails, for n = 1, 2, 3 and so on up to the number of calls that a run without failures makes: first
// those of the file system (EIO), then the messages to the database, at which all connections are cut.
import PQueue from "p-queue";
import { untilSettled } from "../stage/settled.ts";
import { type Campaign, finishLeg, isOver } from "./campaign.ts";
import { openScene } from "./matrix.ts";

const casesAtOnce = 3;

export type Failing = "file" | "database";

/** @param every n-th call only, for a short form */
export async function failureCampaign(campaign: Campaign, every = 1): Promise<void> {
  for (const failing of ["file", "database"] as const) {
    const calls = await countCalls(campaign, failing);
    campaign.tally.count(`calls of a clean run: ${failing}`, calls);
    const queue = new PQueue({ concurrency: casesAtOnce });
    const nths = Array.from({ length: calls }, (_, at) => at + 1).filter(
      (nth) => (nth - 1) % every === 0,
    );
    let done = 0;
    const run = async (nth: number): Promise<void> => {
      if (!isOver(campaign)) await failCall(campaign, failing, nth);
      campaign.tally.progress(`failed calls: ${failing}`, ++done, nths.length);
    };
    await queue.addAll(nths.map((nth) => () => run(nth)));
  }
}

async function countCalls(campaign: Campaign, failing: Failing): Promise<number> {
  const station = await openScene(campaign);
  try {
    const daemon = await station.start({ failingFileCall: failing === "file" ? 0 : undefined });
    await untilSettled(station);
    const calls = failing === "file" ? (daemon.told.at(-1)?.nth ?? 0) : daemon.network.requests;
    await finishLeg(campaign, station, "npm run chaos -- --io");
    return calls;
  } finally {
    await station.close();
  }
}

export async function failCall(campaign: Campaign, failing: Failing, nth: number): Promise<void> {
  const replay = `npm run chaos -- --io-case ${failing}:${nth}`;
  const station = await openScene(campaign);
  try {
    const daemon = await station.start({ failingFileCall: failing === "file" ? nth : undefined });
    if (failing === "database") daemon.network.cutAtRequest(nth);
    campaign.tally.count(`failed calls: ${failing}`);
    await Promise.race([daemon.exited, untilSettled(station)]);
    const isReached =
      failing === "file"
        ? daemon.told.some(({ kind }) => kind === "reached")
        : daemon.network.requests >= nth;
    if (!isReached) campaign.tally.count("calls that did not come this time");
    // A folder that cannot be used at the start ends it, with 2; a person would start it again.
    daemon.isDoomed = !daemon.isReady;
    // A reader that cannot read crashes, and is started again. A lost connection makes nothing crash.
    const planted = failing === "file" ? /EIO: i\/o error/ : undefined;
    await finishLeg({ ...campaign, planted }, station, replay);
  } finally {
    await station.close();
  }
}

/** @param text `file:n` or `database:n`. @throws {RangeError} */
export function parseFailure(text: string): { readonly failing: Failing; readonly nth: number } {
  const [failing, nth] = text.split(":");
  if ((failing !== "file" && failing !== "database") || !(Number(nth) >= 1))
    throw new RangeError(`no failing call: ${text}`);
  return { failing, nth: Number(nth) };
}
