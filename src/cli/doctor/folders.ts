// The doctor looks at the folders of the packages, as the start of the daemon does. It makes none: what is missing is
// made by that start.
import { access, constants, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Config } from "../../config.ts";
import { SetupError } from "../../errors.ts";
import { isErrno } from "../../folders/file-identity.ts";
import { isOpenToAll, pathsIn, tryFolders } from "../../folders/folders.ts";
import { type Finding, ok, warning, words, wrong } from "./finding.ts";

const names = ["ingest", "processing", "failed"];

export async function checkFolders({ filesDir, dataDir }: Config): Promise<Finding[]> {
  const root = resolve(filesDir);
  const missing = await missingFolders(root);
  if (missing.length > 0) return [await checkParent(root, missing)];
  try {
    // The same trial as at the start of the daemon: a hidden file goes through all folders by rename.
    await tryFolders(filesDir, dataDir);
    const found = `${root}: writable, on one file system (tried by a rename)`;
    return [ok("folders", found), ...(await checkOpenness(pathsIn(root).ingest))];
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return [wrong("folders", words(error), "Set it right: the daemon does not start like this.")];
  }
}

async function missingFolders(root: string): Promise<string[]> {
  const missing: string[] = [];
  for (const name of names) {
    const found = await stat(join(root, name)).catch((error: unknown) => {
      if (isErrno(error, "ENOENT")) return undefined;
      return null; // There, and the trial will say what is wrong with it.
    });
    if (found === undefined) missing.push(name);
  }
  return missing;
}

async function checkParent(root: string, missing: readonly string[]): Promise<Finding> {
  const found = `${root}: ${missing.join(", ")} not there yet`;
  const place = await stat(root).then(
    () => root,
    () => dirname(root),
  );
  try {
    await access(place, constants.W_OK | constants.X_OK);
    return ok("folders", `${found}, made by the start of the daemon`);
  } catch (error) {
    const isMissing = isErrno(error, "ENOENT");
    const advice = isMissing
      ? `Make ${place}, or set DOWNLINK_FILES_DIR.`
      : `Let uid ${process.geteuid?.() ?? "?"} write to ${place}.`;
    return wrong("folders", `${found}, and cannot be made in ${place}`, advice);
  }
}

async function checkOpenness(ingest: string): Promise<Finding[]> {
  if (!(await isOpenToAll(ingest))) return [];
  return [
    warning(
      "inbox",
      `${ingest} may be written by everybody on this machine`,
      "Give it to a group of those who drop packages (chmod o-w), and run the daemon under an account of its own.",
    ),
  ];
}
