// Where the file of a package lies now, if it was kept.
import { join } from "node:path";
import { look } from "../folders/file-identity.ts";
import type { Folders } from "../folders/folders.ts";
import { keptName, packageName } from "../folders/package-name.ts";
import type { FileStory } from "./schemas/files.ts";

/** @returns null if it lies in none of the daemon's folders */
export async function findPlace(
  folders: Pick<Folders, "processing" | "failed" | "archive">,
  { id, name }: Pick<FileStory, "id" | "name">,
): Promise<FileStory["place"]> {
  const kept = keptName(id, packageName(Buffer.from(name)));
  const places = [
    { folder: "processing", path: join(folders.processing, String(id), name) },
    { folder: "failed", path: join(folders.failed, kept) },
    { folder: "archive", path: join(folders.archive, kept) },
  ] as const;
  for (const place of places) {
    if ((await look(place.path)).kind === "file") return place;
  }
  return null;
}
