import { defineConfig } from "vitest/config";

// The dashboard in a real browser, on a real daemon: npm run test:browser.
export default defineConfig({
  test: {
    include: ["test/browser/*.test.ts"],
    pool: "forks",
    // Each has a browser, a daemon and a database.
    maxWorkers: 1,
    globalSetup: ["test/browser/global-setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } }, // A busy machine is no fault.
    restoreMocks: true,
  },
});
