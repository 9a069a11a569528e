// A claimed file from its claim to its end. What is deleted is what was read, and nothing else.
import {
  appendFile,
  chmod,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import {
  type ClaimedFile,
  claimedPath,
  keepClaimedFile,
  moveIntoClaim,
  namesInClaim,
  removeClaimedFile,
} from "../../src/folders/claimed-file.ts";
import { look } from "../../src/folders/file-identity.ts";
import { type Folders, prepareFolders } from "../../src/folders/folders.ts";
import { packageName } from "../../src/folders/package-name.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";
import { openToAll, unprivileged } from "./unprivileged.ts";

let folders: Folders;

beforeEach(async () => {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => folder.remove());
  folders = await prepareFolders(join(folder.path, "files"), join(folder.path, "data"));
});

const fileId = 7;

async function claimed(name: string | Buffer = "x.json"): Promise<ClaimedFile> {
  const file = { fileId, name: packageName(Buffer.from(name)) };
  const path = claimedPath(folders, file);
  await mkdir(join(folders.processing, "7"), { recursive: true });
  await writeFile(path, "bytes");
  const found = await look(path);
  if (found.kind !== "file") throw new Error(found.kind);
  return { ...file, fingerprint: found.fingerprint };
}

const pathIn = (name = "x.json"): string => join(folders.processing, "7", name);
const kindOf = async (path: string): Promise<string> => (await look(path)).kind;

/** How somebody else may have changed what lies at the path. */
const exchanges: [string, () => Promise<void>][] = [
  [
    "exchanged for another file",
    async () => {
      await writeFile(pathIn("other"), "bytes");
      await rename(pathIn("other"), pathIn());
    },
  ],
  [
    "exchanged for a link",
    async () => {
      await rm(pathIn());
      await symlink("/etc/hostname", pathIn());
    },
  ],
];

describe("removal", () => {
  test("takes the file and the folder of its claim away", async () => {
    expect(await removeClaimedFile(folders, await claimed())).toBe("done");
    expect(await kindOf(dirname(pathIn()))).toBe("gone");
  });

  test("of a file that is gone already is fine, and may be asked for twice", async () => {
    const file = await claimed();
    await rm(pathIn());
    expect(await removeClaimedFile(folders, file)).toBe("done");
    expect(await removeClaimedFile(folders, file)).toBe("done");
    expect(await kindOf(dirname(pathIn()))).toBe("gone");
  });

  test.each(exchanges)("spares what was %s", async (_, exchange) => {
    const file = await claimed();
    await exchange();
    expect(await removeClaimedFile(folders, file)).toBe("moved");
    expect(await kindOf(pathIn())).not.toBe("gone");
  });

  test("spares a file that grew since it was read: nobody has read what was added", async () => {
    const file = await claimed();
    await appendFile(pathIn(), " and more");
    expect(await removeClaimedFile(folders, file)).toBe("moved");
    expect(await readFile(pathIn(), "utf8")).toBe("bytes and more");
  });

  test("leaves what else lies in the claim", async () => {
    const file = await claimed();
    await writeFile(pathIn("other"), "");
    expect(await removeClaimedFile(folders, file)).toBe("done");
    expect(await namesInClaim(folders, fileId)).toMatchObject([{ text: "other" }]);
  });

  test("that is refused throws, and the file stays", async () => {
    const file = await claimed();
    await openToAll(folders);
    await chmod(dirname(pathIn()), 0o555);
    await unprivileged(() =>
      expect(removeClaimedFile(folders, file)).rejects.toMatchObject({ code: "EACCES" }),
    );
    await chmod(dirname(pathIn()), 0o755);
    expect(await kindOf(pathIn())).toBe("file");
  });
});

describe.each(["failed", "archive"] as const)("keeping in %s/", (where) => {
  test("gives it the kept name, makes the folder, takes the claim's away", async () => {
    const file = await claimed(Buffer.from([0xff, 0x78]));
    await rm(folders.failed, { recursive: true });
    expect(await keepClaimedFile(folders, file, where)).toBe("done");
    expect(await readFile(join(folders[where], "7-%FFx"), "utf8")).toBe("bytes");
    expect(await kindOf(dirname(pathIn()))).toBe("gone");
  });

  test("keeps a file that grew with all its bytes", async () => {
    const file = await claimed();
    await appendFile(pathIn(), " and more");
    expect(await keepClaimedFile(folders, file, where)).toBe("done");
    expect(await readFile(join(folders[where], "7-x.json"), "utf8")).toBe("bytes and more");
  });

  test("overwrites nothing that was kept under the same name", async () => {
    for (const bytes of ["first", "second", "third"]) {
      const file = await claimed();
      await writeFile(pathIn(), bytes);
      expect(await keepClaimedFile(folders, file, where)).toBe("done");
    }
    const kept = ["7-x.json", "7-2-x.json", "7-3-x.json"].map((name) =>
      readFile(join(folders[where], name), "utf8"),
    );
    expect(await Promise.all(kept)).toEqual(["third", "first", "second"]);
  });

  test.each(exchanges)("spares what was %s", async (_, exchange) => {
    const file = await claimed();
    await exchange();
    expect(await keepClaimedFile(folders, file, where)).toBe("moved");
    expect(await kindOf(pathIn())).not.toBe("gone");
  });

  test("of a file that is gone already is fine", async () => {
    const file = await claimed();
    await rm(pathIn());
    expect(await keepClaimedFile(folders, file, where)).toBe("done");
  });
});

describe("a claim", () => {
  test("moves the file into its folder, whole names of 255 bytes included", async () => {
    const name = packageName(Buffer.alloc(255, 0xfe));
    const from = Buffer.concat([Buffer.from(`${folders.ingest}/`), name.bytes]);
    await writeFile(from, "bytes");
    expect(await moveIntoClaim(folders, from, { fileId, name })).toBe("done");
    expect(await namesInClaim(folders, fileId)).toEqual([name]);
  });

  test("of a file that is gone leaves no folder behind", async () => {
    const name = packageName(Buffer.from("x"));
    const from = Buffer.from(join(folders.ingest, "x"));
    expect(await moveIntoClaim(folders, from, { fileId, name })).toBe("gone");
    expect(await kindOf(dirname(pathIn()))).toBe("gone");
    expect(await namesInClaim(folders, fileId)).toEqual([]);
  });
});
