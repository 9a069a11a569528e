import { defineConfig } from "vitest/config";

const limits = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000 } }, // A busy machine is no fault.
  restoreMocks: true,
  pool: "forks",
  // Files share a process, one after the other, and load what they import once: no test leaves anything behind in it.
  isolate: false,
} as const;

export default defineConfig({
  test: {
    // Most of the time they wait: for a database, for a process.
    maxWorkers: 3,
    projects: [
      {
        test: {
          ...limits,
          name: "all",
          include: ["test/**/*.test.ts"],
          exclude: ["test/browser/**"], // npm run test:browser.
          globalSetup: ["test/support/global-setup.ts"],
        },
      },
      {
        // What reads packages, once more where no object has `__proto__`: nothing may rely on it. No database.
        test: {
          ...limits,
          name: "without __proto__",
          include: [
            "test/parsers/{header,parse-lines*}.test.ts",
            "test/satellites/*-types.test.ts",
          ],
          execArgv: ["--disable-proto=delete"],
        },
      },
    ],
  },
});
