// Which account of the operating system runs the server. PostgreSQL refuses to run as root, so root needs another one,
// which must exist already: nothing here creates or changes accounts.
import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { SetupError } from "../../errors.ts";
import { runProgram } from "./run-program.ts";

export interface OsAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** In order of choice: the one made for it, then the one that every Unix has. */
const accountNames = ["postgres", "nobody"];
const shellLimitMs = 10_000;

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The account by which root runs the server.
 * @param passwd the text of /etc/passwd; accounts of a directory service are not in it, and are not needed here.
 * @throws {SetupError} there is none.
 */
export function chooseAccount(passwd: string): OsAccount {
  const accounts = readAccounts(passwd);
  for (const name of accountNames) {
    const account = accounts.find((candidate) => candidate.name === name);
    if (account !== undefined) return account;
  }
  throw new SetupError(
    `the embedded PostgreSQL does not run as root, and there is no account ${accountNames.join(" or ")} to run it as: start downlink as another user, or set DATABASE_URL`,
  );
}

function readAccounts(passwd: string): OsAccount[] {
  return passwd
    .split("\n")
    .map((line) => line.split(":"))
    .filter((fields) => fields.length >= 7)
    .map(([name = "", , uid, gid]) => {
      // macOS writes nobody's numbers as -2; the kernel counts from 0 to 2^32 - 1.
      return { name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
    })
    .filter((account) => account.uid !== 0);
}

/**
 * The account that runs the server, undefined for our own.
 * @param owner who owns a cluster that is already there: only its owner can run it.
 * @throws {SetupError} we are root, and there is no account to give the server to.
 */
export async function serverAccount(
  owner: Omit<OsAccount, "name"> | undefined,
): Promise<OsAccount | undefined> {
  if (!isRoot()) return undefined;
  const passwd = await readFile("/etc/passwd", "utf8");
  if (owner !== undefined && owner.uid !== 0) {
    const name = readAccounts(passwd).find(({ uid }) => uid === owner.uid)?.name;
    return { ...owner, name: name ?? String(owner.uid) };
  }
  return chooseAccount(passwd);
}

/** @throws {SetupError} our uid has no name, as under `docker run --user 4321`: initdb refuses to work for it. */
export function requireNamedUser(): void {
  try {
    userInfo();
  } catch (cause) {
    const uid = process.getuid?.() ?? "unknown";
    throw new SetupError(
      `uid ${uid} has no name on this system, and initdb of the embedded PostgreSQL refuses that: start downlink as a user of /etc/passwd, or set DATABASE_URL`,
      { cause },
    );
  }
}

/** Whether `account` can enter `folder`. Asked of the system itself: modes alone say nothing of ACLs and mounts. */
export async function canEnter(account: OsAccount, folder: string): Promise<boolean> {
  const args = ["-c", 'cd "$1" 2>/dev/null', "sh", folder];
  const { code } = await runProgram("/bin/sh", args, { account, limitMs: shellLimitMs });
  return code === 0;
}
