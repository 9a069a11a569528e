import { defineConfig } from "vitest/config";

// The short form of the fault campaigns: minutes, and a database server of their own for each file. Three at a time:
// each waits for a part of its time.
export default defineConfig({
  test: {
    include: ["test/chaos/*.campaign.ts"],
    pool: "forks",
    maxWorkers: 3,
    globalSetup: ["test/support/global-setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    restoreMocks: true,
  },
});
