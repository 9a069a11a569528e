// What the tests of this folder share: one cluster made by initdb for each test file, copies of it, and a place in which
// every server is stopped and every process is gone before its folder is removed.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import pg from "pg";
import { z } from "zod";
import { installedPackage } from "../../../src/database/embedded/binaries.ts";
import { stopPostmaster } from "../../../src/database/embedded/postmaster.ts";
import {
  type EmbeddedServerOptions,
  startEmbeddedServer,
} from "../../../src/database/embedded/server.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

const run = promisify(execFile);

export const asRoot = process.getuid?.() === 0;

/** An ordinary user that every Linux has. */
export const nobody = { uid: 65_534, gid: 65_534 };

/** Tests that need root say so instead of passing in silence. */
export function whyNotRoot(): string {
  return asRoot ? "" : " (SKIPPED: needs root, to start processes of other accounts)";
}

const daemonAnswer = z.union([
  z.object({
    url: z.string(),
    pid: z.number(),
    adopted: z.boolean(),
    dataDir: z.string(),
    found: z.object({ url: z.string(), port: z.number(), running: z.boolean() }).optional(),
  }),
  z.object({ code: z.string(), message: z.string() }),
]);

type DaemonOptions = Partial<EmbeddedServerOptions> & { readonly dir: string };

interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
  /** Before the command, such as setpriv. */
  readonly prefix?: readonly string[];
}

export type Daemon = Awaited<ReturnType<Place["daemon"]>>;
export type Place = Awaited<ReturnType<typeof makePlace>>;

/** A temporary folder in which servers and other processes are started, and which ends them all. */
export async function makePlace() {
  const folder = await makeTemporaryFolder("downlink-embedded-");
  const dataDirs = new Set<string>();
  const children = new Set<ChildProcess>();
  // A name that a shell would take apart: no start may hand it to one.
  const path = join(folder.path, 'it\'s $HOME "x"');
  const temporary = join(folder.path, "tmp"); // For what tsx leaves behind, whoever runs it.
  await mkdir(temporary);
  await chmod(temporary, 0o777);
  const optionsFor = (name: string): EmbeddedServerOptions => {
    return { dir: join(path, name, "postgres"), preferredPort: 0, durable: false };
  };

  async function start(name: string, more: Partial<EmbeddedServerOptions> = {}) {
    const server = await startEmbeddedServer({ ...optionsFor(name), ...more });
    dataDirs.add(server.dataDir);
    return server;
  }
  /** A copy of the data folder `from`, whose server is stopped: cheaper than another initdb. */
  async function copy(from: string, to: string, owner?: typeof nobody): Promise<void> {
    await run("cp", ["-a", join(path, from), join(path, to)]);
    if (owner !== undefined) {
      await run("chown", ["-R", `${owner.uid}:${owner.gid}`, join(path, to)]);
    }
  }
  function adopt(child: ChildProcess): ChildProcess {
    children.add(child);
    return child;
  }
  /** Starts a daemon and does not wait. */
  function spawnDaemon(options: DaemonOptions, as: RunAs = {}) {
    const { prefix = [], ...ids } = as;
    const fixture = new URL("./daemon-fixture.ts", import.meta.url).pathname;
    const json = JSON.stringify({ preferredPort: 0, durable: false, ...options });
    const command = [...prefix, process.execPath, "--import", "tsx", fixture, json];
    const [program = "", ...args] = command;
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, TMPDIR: temporary },
      detached: true,
      ...ids,
    });
    adopt(child);
    return child;
  }
  /** Starts a daemon and waits until it has its server, or has been refused one. */
  async function daemon(options: DaemonOptions, as: RunAs = {}) {
    const child = spawnDaemon(options, as);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    const answer = daemonAnswer.parse(JSON.parse(String(first.value)));
    if ("dataDir" in answer) dataDirs.add(answer.dataDir);
    return { child, lines, answer };
  }
  async function remove(): Promise<void> {
    for (const child of children) await end(child);
    for (const dataDir of dataDirs) await stopPostmaster({ dataDir, account: undefined });
    await folder.remove();
  }
  return { path, folder: folder.path, optionsFor, start, copy, adopt, spawnDaemon, daemon, remove };
}

/** Kills `child` and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

/** One statement on a connection of its own. */
export async function ask(url: string, statement: string): Promise<pg.QueryResult> {
  const client = await connect(url);
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {}); // Servers are killed here on purpose.
  await client.connect();
  return client;
}

/**
 * Copies the package with the programs as npm unpacks it, without what its install script makes. By hard links where
 * that can be, since it has 60 MB: a test that changes a file replaces it.
 */
export async function copyUnhydrated(to: string): Promise<void> {
  const installed = installedPackage(process.platform, process.arch);
  await mkdir(to, { recursive: true });
  const copyAll = 'cp -al "$1/." "$2" 2>/dev/null || cp -a "$1/." "$2"';
  await run("/bin/sh", ["-c", copyAll, "sh", installed, to]);
  const links = JSON.parse(await readFile(join(to, "native", "pg-symlinks.json"), "utf8"));
  for (const { target } of links) await rm(join(to, target), { force: true });
}

/** By whom a process must be run to be taken for the server of `dataDir`; nobody else's, unless we are root. */
export async function ownerOf(dataDir: string): Promise<{ uid: number; gid: number } | object> {
  if (!asRoot) return {};
  const { uid, gid } = await stat(dataDir);
  return { uid, gid };
}
