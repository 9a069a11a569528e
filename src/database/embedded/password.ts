// The password of the embedded server: random, made once, in a file that only its owner reads. It never is an argument
// of a program, where every user of the machine could read it.
import { randomBytes } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SetupError } from "../../errors.ts";
import { folderError, hasCode } from "./file-errors.ts";

/** Base64url has no character that a URL would have to escape. */
const passwordBytes = 24;

function passwordFile(dir: string): string {
  return join(dir, "password");
}

/** The password of `dir`, undefined if it has none. */
async function readPassword(dir: string): Promise<string | undefined> {
  try {
    return (await readFile(passwordFile(dir), "utf8")).trim();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw folderError(passwordFile(dir), error);
  }
}

/**
 * The password of the cluster in `home`, made if both are new. Of two that make it at once, both get the same.
 * @param dir the contract's folder: it holds the password too when the cluster is elsewhere.
 * @param hasCluster asked before: a cluster is made after its password, so one without is an accident.
 * @throws {SetupError} the cluster is there and its password is not.
 */
export async function ensurePassword(
  home: string,
  dir: string,
  hasCluster: boolean,
): Promise<string> {
  const password = hasCluster ? await requirePassword(home) : await makePassword(home);
  if (dir !== home && (await readPassword(dir)) !== password) {
    await rm(passwordFile(dir), { force: true });
    await placePassword(dir, password);
  }
  return password;
}

/** @throws {SetupError} there is none. */
export async function requirePassword(home: string): Promise<string> {
  const password = await readPassword(home);
  if (password !== undefined) return password;
  throw new SetupError(
    `${passwordFile(home)} is missing, and the cluster beside it has one: put the file back, or move ${home} away to begin with an empty database`,
  );
}

async function makePassword(home: string): Promise<string> {
  const known = await readPassword(home);
  if (known !== undefined) return known;
  const made = randomBytes(passwordBytes).toString("base64url");
  await placePassword(home, made);
  return (await readPassword(home)) ?? made;
}

/** Writes it unless one is there. Linked into place: the file is whole at once, and the first of two wins. */
async function placePassword(dir: string, password: string): Promise<void> {
  const temporary = `${passwordFile(dir)}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    await writeFile(temporary, `${password}\n`, { mode: 0o600, flag: "wx", flush: true });
    await link(temporary, passwordFile(dir));
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw folderError(dir, error);
  } finally {
    await rm(temporary, { force: true });
  }
}
