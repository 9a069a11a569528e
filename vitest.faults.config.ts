import { defineConfig, mergeConfig } from "vitest/config";
import tests from "./vitest.config.ts";

// The short form of the fault campaigns: minutes, and a database server of their own. One at a time.
export default mergeConfig(
  { ...tests, test: { ...tests.test, include: [], maxWorkers: 1 } },
  defineConfig({ test: { include: ["test/chaos/*.campaign.ts"] } }),
);
