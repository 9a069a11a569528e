// A daemon with its HTTP address and one package of each kind, and a client that knows the API by its description.
import type { DaemonOptions, TestDaemon } from "../support/daemon.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";

export interface ApiStation extends Station {
  readonly daemon: TestDaemon;
  /** Where it answers. */
  readonly http: string;
}

export async function openApiStation(
  options: Omit<DaemonOptions, "dir"> = {},
): Promise<ApiStation> {
  const station = await openStation();
  try {
    const env = { DOWNLINK_HTTP_PORT: "0", ...options.env };
    const daemon = await station.start({ ...options, env });
    const { http } = await daemon.logged("ready");
    if (typeof http !== "string") throw new Error("no HTTP address");
    return { ...station, daemon, http };
  } catch (error) {
    await station.close();
    throw error;
  }
}

/** Ids of the packages, by what became of them. */
export interface LoadedPackages {
  readonly whole: number;
  readonly withRejects: number;
  readonly failed: number;
  readonly duplicate: number;
}

/** Drops one package after the other and waits for the end of each. */
export async function loadPackages({ dir, daemon }: ApiStation): Promise<LoadedPackages> {
  const mk1 = samplePackage({ lines: 200, seed: 1 });
  const mk2 = samplePackage({ satelliteType: "jackal_mk2", lines: 100, badEvery: 10, seed: 2 });
  const load = async (name: string, bytes: Buffer | string, message: string): Promise<number> => {
    await drop(dir, name, bytes);
    const line = await daemon.until(`the end of ${name}`, async () => {
      return daemon.log.find(({ msg, name: of }) => msg === message && of === name);
    });
    return Number(line["fileId"]);
  };
  return {
    whole: await load("whole.ndjson", mk1.bytes, "package complete"),
    withRejects: await load("rejects.ndjson", mk2.bytes, "package complete"),
    failed: await load("failed.ndjson", "no header\n", "package failed"),
    duplicate: await load(
      "again.ndjson",
      mk1.bytes,
      "package is a duplicate, nothing was imported",
    ),
  };
}
