import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

const shared = {
  pool: "forks",
  globalSetup: ["test/browser/global-setup.ts"],
  testTimeout: 60_000,
  hookTimeout: 60_000,
  restoreMocks: true,
} satisfies TestProjectInlineConfiguration["test"];
const speed = "test/browser/speed.test.ts";

// The dashboard in a real browser, on a real daemon: npm run test:browser.
export default defineConfig({
  test: {
    projects: [
      {
        // Each has a browser, a daemon and a database, and mostly waits for them.
        test: {
          ...shared,
          name: "dashboard",
          include: ["test/browser/*.test.ts"],
          exclude: [speed],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // What is measured is alone.
        test: {
          ...shared,
          name: "speed",
          include: [speed],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
