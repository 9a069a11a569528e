// The manifest: a file beside the database that says which packages were dropped, and what must become of them.
// Written before a package comes into the inbox, one JSON object a line, and only ever appended to, so that it is
// right whatever is killed. The daemon knows nothing of it.
import { appendFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Expectation } from "./expectation.ts";

/** A content and how often it was dropped. */
export interface Entry extends Expectation {
  readonly drops: number;
}

type ManifestRecord =
  | { readonly kind: "package"; readonly expectation: Expectation }
  | { readonly kind: "drop"; readonly sha256: string; readonly name: string };

export class ManifestWriter {
  readonly path: string;
  readonly #known = new Set<string>();

  /** @param path of the file; made with the first drop. */
  constructor(path: string) {
    this.path = path;
  }

  /** To be called before the file can be seen under its name. */
  drop(expectation: Expectation, name: string): void {
    const { sha256, refused, archived, lines, rejects } = expectation;
    if (!this.#known.has(sha256)) {
      this.#append({ kind: "package", expectation: { sha256, refused, archived, lines, rejects } });
    }
    this.#known.add(sha256);
    this.#append({ kind: "drop", sha256, name });
  }

  #append(record: ManifestRecord): void {
    appendFileSync(this.path, `${JSON.stringify(record)}\n`);
  }
}

/** All contents of a manifest, by their sha256. */
export async function readManifest(path: string): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  for (const text of (await readFile(path, "utf8")).split("\n")) {
    if (text === "") continue;
    const record: ManifestRecord = JSON.parse(text);
    if (record.kind === "package") {
      entries.set(record.expectation.sha256, { ...record.expectation, drops: 0 });
      continue;
    }
    const entry = entries.get(record.sha256);
    if (entry === undefined) throw new Error(`${path}: a drop of an unknown package`);
    entries.set(record.sha256, { ...entry, drops: entry.drops + 1 });
  }
  return entries;
}
