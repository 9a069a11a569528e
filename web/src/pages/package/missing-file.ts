// What is said of the file of a package that is not seen: whether that is right depends on what became of the package.
import type { FileStory } from "../../../../src/api/schemas/files.ts";

export function missingFileText(status: FileStory["status"]): string {
  switch (status) {
    case "complete":
      return "deleted, its books balance";
    case "duplicate":
      return "deleted, as its bytes are in the database";
    case "failed":
      return "not in failed/: somebody has taken it away";
    case "processing":
      return "not in the daemon's folders";
  }
}
