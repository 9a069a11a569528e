// What a program can be started under: a shell that has set limits, a namespace of its own.
import { execFileSync } from "node:child_process";

/** Runs its arguments after some commands of a shell, in the same process. */
export const after = (commands: string): string[] => [
  "/bin/sh",
  "-c",
  `${commands} && exec "$@"`,
  "sh",
];

/** Runs its arguments in a user namespace, in which it may change what is the system's elsewhere. */
export const asRootOfItsOwn = ["unshare", "--map-root-user"];

export const canUnshare = ((): boolean => {
  try {
    execFileSync("unshare", ["--map-root-user", "true"], { stdio: "ignore" });
    return true;
  } catch {
    process.stderr.write("NOT TESTED without user namespaces: limits of inotify, PID 1\n");
    return false;
  }
})();
