// Tells errors of the file system apart, and says which of them a person must set right. Handles none of them.
import { SetupError } from "../../errors.ts";

/** Whether `error` has one of the given codes of the system. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    codes.includes(error.code)
  );
}

/**
 * What to throw for an error of using `path`: a person can change who may use a folder, or name another one; a full
 * disk or a broken one is thrown as it is.
 */
export function folderError(path: string, cause: unknown): unknown {
  if (!hasCode(cause, "EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST")) return cause;
  const uid = process.getuid?.() ?? "unknown";
  const text = cause instanceof Error ? cause.message : String(cause);
  return new SetupError(
    `the embedded PostgreSQL cannot use ${path} as uid ${uid} (${text}): start downlink as the user who owns it, or set DOWNLINK_DATA_DIR or DATABASE_URL`,
    { cause },
  );
}
