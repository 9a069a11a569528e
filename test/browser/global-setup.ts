// As for all tests, and the dashboard, built where the compiled daemon looks for it. Says so if there is no browser.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { setup as setupAll } from "../support/global-setup.ts";
import { chromiumPath, chromiumPlaces } from "./chromium.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (chromiumPath === undefined) {
    console.warn(
      `No Chromium at ${chromiumPlaces.join(", ")}: the tests in a browser are skipped.`,
    );
  }
  const teardown = await setupAll(project);
  const webDir = join(project.getProvidedContext().programs, "dist", "web");
  const vite = join(repository, "node_modules", ".bin", "vite");
  const args = ["build", "web", "--outDir", webDir, "--emptyOutDir", "--logLevel", "error"];
  await promisify(execFile)(vite, args, { cwd: repository });
  return teardown;
}
