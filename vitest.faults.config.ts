import { defineConfig } from "vitest/config";

// The short form of the fault campaigns: minutes, and a database server of their own for each file. Two at a time: they
// wait as much as they work.
export default defineConfig({
  test: {
    include: ["test/chaos/*.campaign.ts"],
    pool: "forks",
    maxWorkers: 2,
    globalSetup: ["test/support/global-setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    restoreMocks: true,
  },
});
