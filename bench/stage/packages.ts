// Packages to be dropped. Written beside the folders first and synced, so that writing them is not part of what is
// measured, and dropped by a rename, as a good sender does.
import { renameSync } from "node:fs";
import {
  copyFile,
  type FileHandle,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { basename, join } from "node:path";
import { packageChunks } from "../../src/cli/simulate/package.ts";
import { satelliteTypes } from "../../src/satellites/index.ts";

export interface PackageShape {
  readonly satellite: string;
  /** Behind the header. */
  readonly lines: number;
  /** 0 to 1. */
  readonly badShare: number;
  readonly seed: number;
}

export class Packages {
  readonly #originals: string;
  readonly #spool: string;
  #spooled = 0;

  private constructor(dir: string) {
    this.#originals = join(dir, "packages");
    this.#spool = join(dir, "spool");
  }

  /** @param dir on the same file system as the daemon's folders */
  static async open(dir: string): Promise<Packages> {
    const packages = new Packages(dir);
    await mkdir(packages.#originals);
    await mkdir(packages.#spool);
    return packages;
  }

  /** The path of a package of that shape, written if it is not there yet. It stays there. */
  async original(shape: PackageShape): Promise<string> {
    const { satellite, lines, badShare, seed } = shape;
    const path = join(this.#originals, `${satellite}-${lines}-${badShare}-${seed}.ndjson`);
    if (!(await exists(path))) await writeSimulated(path, shape);
    return path;
  }

  async forget(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** A copy to be dropped, on disk. @returns its path */
  async spool(original: string): Promise<string> {
    const path = this.#nextPath();
    await copyFile(original, path);
    await sync(path);
    return path;
  }

  /** A package of that shape straight to where it can be dropped from. @returns its path */
  async spoolNew(shape: PackageShape): Promise<string> {
    const path = this.#nextPath();
    await writeSimulated(path, shape);
    return path;
  }

  /** A package whose lines are those of another one, again and again: as long as one likes, and quickly written. */
  async spoolRepeated(shape: PackageShape, times: number): Promise<string> {
    const path = this.#nextPath();
    const chunks = packageLines(await this.original(shape));
    await withNewFile(path, async (file) => {
      await file.writeFile(`${JSON.stringify({ satellite_type: shape.satellite, times })}\n`);
      for (let time = 0; time < times; time++) {
        for await (const chunk of chunks()) await file.writeFile(chunk);
      }
    });
    return path;
  }

  /** A package of a few good lines that are very long, by a key that is ignored. */
  async spoolLongLines(lines: number, lineBytes: number): Promise<string> {
    const path = this.#nextPath();
    const line = Buffer.from(longLine(lineBytes));
    await withNewFile(path, async (file) => {
      await file.writeFile(`${JSON.stringify({ satellite_type: "jackal_mk1" })}\n`);
      for (let written = 0; written < lines; written++) await file.writeFile(line);
    });
    return path;
  }

  /** Moves what was spooled into the inbox. @returns when that began, in milliseconds since 1970 */
  drop(spooled: readonly string[], filesDir: string): number {
    const atMs = Date.now(); // The clock of the daemon's log.
    for (const path of spooled) renameSync(path, join(filesDir, "ingest", basename(path)));
    return atMs;
  }

  /** Takes a package out of the folders of a daemon that was stopped while it loaded it. @returns its path */
  async takeBack(filesDir: string): Promise<string | undefined> {
    const processing = join(filesDir, "processing");
    const entries = await readdir(processing, { recursive: true, withFileTypes: true });
    const claimed = entries.find((entry) => entry.isFile() && entry.name.endsWith(".ndjson"));
    if (claimed === undefined) return undefined;
    const path = this.#nextPath();
    await rename(join(claimed.parentPath, claimed.name), path);
    return path;
  }

  #nextPath(): string {
    return join(this.#spool, `package-${++this.#spooled}.ndjson`);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function writeSimulated(path: string, shape: PackageShape): Promise<void> {
  const { satellite, lines, badShare, seed } = shape;
  const satelliteType = satelliteTypes.get(satellite);
  if (satelliteType === undefined) throw new Error(`unknown satellite type ${satellite}`);
  await withNewFile(path, async (file) => {
    for (const chunk of packageChunks({ satelliteType, lines, seed, badShare })) {
      await file.writeFile(chunk);
    }
  });
}

async function withNewFile(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, "wx");
  try {
    await write(file);
    await file.sync();
  } finally {
    await file.close();
  }
}

function longLine(lineBytes: number): string {
  const reading = {
    timestamp: "2023-12-26T09:34:27.602982Z",
    velocity: 8020.29,
    altitude: 300047.9,
    latitude: -11.06,
    longitude: -37.829,
    instrument1: "ok",
    instrument2: "disabled",
    ignored: "",
  };
  const ignored = "x".repeat(lineBytes - JSON.stringify(reading).length - 1);
  return `${JSON.stringify({ ...reading, ignored })}\n`;
}

/** The bytes behind the header, as often as they are asked for. */
function packageLines(path: string): () => AsyncGenerator<Buffer> {
  return async function* () {
    const file = await open(path);
    let isHeader = true;
    for await (const chunk of file.createReadStream({ highWaterMark: 1 << 20 })) {
      const bytes: Buffer = chunk;
      yield isHeader ? bytes.subarray(bytes.indexOf("\n") + 1) : bytes;
      isHeader = false;
    }
  };
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r+");
  await file.sync().finally(() => file.close());
}
