// The names under which the parts of the pipeline find each other. Nobody keeps a reference across a restart.
import type { Database } from "../database/database.ts";
import type { AdaptiveThrottle } from "../persister/adaptive-throttle.ts";
import { registryKey, registryKeys } from "../registry/registry.ts";
import type { LiveSettings } from "../settings/live-settings.ts";
import type { StagingStore } from "../staging/staging-store.ts";
import type { DynamicSupervisor } from "../supervisor/supervisor-api.ts";
import type { ParsePool } from "./parse-pool.ts";

export const databaseKey = registryKey<Database>("database");
export const settingsKey = registryKey<LiveSettings>("settings");
export const throttleKey = registryKey<AdaptiveThrottle>("throttle");
export const parsePoolKey = registryKey<ParsePool>("parse-workers");
export const fileParsersKey = registryKey<DynamicSupervisor>("file-parsers");

/** By file id. */
export const stagingKey = registryKeys<StagingStore>("data-staging");
