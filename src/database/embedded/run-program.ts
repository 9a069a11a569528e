// Runs a short program to its end, as another account if need be. Not for the server itself, which outlives us.
import { spawn } from "node:child_process";
import { EmbeddedServerError } from "../../errors.ts";

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

export interface ProgramOptions {
  /** Root only: the account to run as. */
  readonly account?: Ids | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly limitMs: number;
}

export interface ProgramResult {
  /** null: ended by a signal. */
  readonly code: number | null;
  /** Standard output and error together, as they came, at most `outputBytes` of them. */
  readonly output: string;
}

const outputBytes = 65_536;
const killAfterMs = 5_000; // From SIGTERM, at which initdb tidies up, to SIGKILL.

/**
 * The environment of everything that belongs to the server: nothing of ours, for a PGDATA or PGPORT of a person's shell
 * would move the server, and messages in the C locale, because people and we read them.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH = "/usr/bin:/bin", TMPDIR } = process.env;
  return { PATH, LC_ALL: "C", LANG: "C", TZ: "UTC", ...(TMPDIR === undefined ? {} : { TMPDIR }) };
}

/**
 * Runs `file` and waits until it has ended, whatever its exit code.
 * @throws the spawn's own error if it could not be started (`ENOENT` also when its loader is missing), the reason of
 *   `signal`, or {EmbeddedServerError} after `limitMs`; the program has ended by then.
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  { account, signal, limitMs }: ProgramOptions,
): Promise<ProgramResult> {
  signal?.throwIfAborted();
  const limit = AbortSignal.timeout(limitMs);
  const ended = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const result = await untilClosed(file, args, account, ended);
  signal?.throwIfAborted();
  if (limit.aborted) {
    throw new EmbeddedServerError(`${file} did not end within ${limitMs} ms: ${result.output}`);
  }
  return result;
}

function untilClosed(
  file: string,
  args: readonly string[],
  account: Ids | undefined,
  ended: AbortSignal,
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    // A session of its own: Ctrl-C reaches the whole process group, and must not cut an initdb short. The working
    // folder is one that every account can enter.
    const child = spawn(file, args, {
      cwd: "/",
      detached: true,
      env: serverEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
      ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
    });
    const killer: { timer?: NodeJS.Timeout } = {};
    const cut = (): void => {
      child.kill("SIGTERM");
      killer.timer = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    };
    const letGo = (): void => {
      ended.removeEventListener("abort", cut);
      clearTimeout(killer.timer);
    };
    let output = "";
    const collect = (chunk: Buffer): void => {
      output = `${output}${chunk.toString()}`.slice(0, outputBytes);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    ended.addEventListener("abort", cut, { once: true });
    child.once("error", (error) => {
      letGo();
      reject(error);
    });
    child.once("close", (code) => {
      letGo();
      resolve({ code, output });
    });
  });
}
