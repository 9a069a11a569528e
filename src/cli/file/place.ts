// Where the file of a package lies now, as far as one sees from here: the ledger does not say it.
import { join } from "node:path";
import { claimFolder, namesInClaim } from "../../folders/claimed-file.ts";
import { look } from "../../folders/file-identity.ts";
import type { pathsIn } from "../../folders/folders.ts";
import { keptName, packageName } from "../../folders/package-name.ts";

export interface Kept {
  readonly folder: "processing" | "failed" | "archive";
  readonly path: string;
}

/** @returns undefined if it is in none of the folders, or may not be looked for */
export async function findPlace(
  { id, name }: { readonly id: number; readonly name: string },
  paths: ReturnType<typeof pathsIn>,
): Promise<Kept | undefined> {
  const kept = keptName(id, packageName(Buffer.from(name)));
  for (const folder of ["failed", "archive"] as const) {
    const path = join(paths[folder], kept);
    if (await isFile(path)) return { folder, path };
  }
  // Of a claim only the folder is looked for: it holds the one file.
  const folders = { ...paths, id: "" };
  const [claimed] = await namesInClaim(folders, id).catch(() => []);
  if (claimed === undefined) return undefined;
  return { folder: "processing", path: join(claimFolder(folders, id), claimed.text) };
}

async function isFile(path: string): Promise<boolean> {
  return look(path).then(
    ({ kind }) => kind === "file",
    () => false,
  );
}
