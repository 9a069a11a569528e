import { defineConfig, mergeConfig } from "vitest/config";
import tests from "./vitest.config.ts";

// The short form of the fault campaigns: minutes, and a database server of their own for each file. Two at a time: they
// wait as much as they work.
export default mergeConfig(
  { ...tests, test: { ...tests.test, include: [], maxWorkers: 2 } },
  defineConfig({ test: { include: ["test/chaos/*.campaign.ts"] } }),
);
