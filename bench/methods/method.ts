// A way to bring a package's lines into the table, and what one trial of it took.
import type { SatelliteType } from "../../src/satellites/satellite.ts";
import type { Stage, StartedDaemon } from "../stage/stage.ts";
import type { PreparedRows } from "./prepared-rows.ts";

/** What is loaded. */
export interface Load {
  readonly satelliteType: SatelliteType;
  readonly lines: number;
  /** The package as it is dropped. */
  readonly original: string;
  readonly prepared: PreparedRows;
  /** How many rows there must be afterwards. */
  readonly rows: number | undefined;
}

export interface Trial {
  readonly seconds: number;
  /** CPU seconds: of the daemon, or of this program in its place; of the server. Unknown where there is no /proc. */
  readonly clientCpuSeconds: number | undefined;
  readonly serverCpuSeconds: number | undefined;
}

export interface Method {
  readonly name: string;
  /** Bad lines end it, or it does not know them. */
  readonly onlyGoodLines: boolean;
  /** The time is that of a part of the lines, multiplied; CPU seconds would say nothing. */
  readonly isExtrapolated: boolean;
  /** @returns how long it took, in seconds */
  run(stage: Stage, load: Load, started: StartedDaemon): Promise<number>;
  clientCpuSeconds(started: StartedDaemon): Promise<number | undefined>;
}

/** Empty tables, a checkpoint, one trial. */
export async function tryMethod(
  method: Method,
  stage: Stage,
  load: Load,
  started: StartedDaemon,
): Promise<Trial> {
  await stage.server.reset();
  const serverBefore = await stage.server.cpuSeconds();
  const clientBefore = await method.clientCpuSeconds(started);
  const seconds = await method.run(stage, load, started);
  const clientAfter = await method.clientCpuSeconds(started);
  const serverAfter = await stage.server.cpuSeconds();
  if (method.isExtrapolated) {
    return { seconds, clientCpuSeconds: undefined, serverCpuSeconds: undefined };
  }
  await requireRows(stage, load, method);
  return {
    seconds,
    clientCpuSeconds: difference(clientBefore, clientAfter),
    serverCpuSeconds: difference(serverBefore, serverAfter),
  };
}

/** A way that is fast because it leaves rows out is no way. */
async function requireRows(stage: Stage, { rows }: Load, { name }: Method): Promise<void> {
  const found = await stage.server.countRows();
  if (rows !== undefined && found !== rows) {
    throw new Error(`${name}: ${found} rows, expected ${rows}`);
  }
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before;
}

/** CPU seconds of this program, for the methods that it carries out itself. */
export function ownCpuSeconds(): Promise<number> {
  const { user, system } = process.cpuUsage();
  return Promise.resolve((user + system) / 1e6);
}

/** Seconds that `work` takes. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return (performance.now() - startedAtMs) / 1_000;
}
