// What a server of the API is given, for tests that need no daemon: nothing is registered, and there are no files.
import type { ApiContext } from "../../src/api/context.ts";
import { Onlookers } from "../../src/api/live/onlookers.ts";
import { ReadGate } from "../../src/api/read-gate.ts";
import { readConfig } from "../../src/config.ts";
import { Events } from "../../src/observability/events.ts";
import { Registry } from "../../src/registry/registry.ts";
import { startSettings } from "../../src/settings/setting.ts";
import { capturedLog } from "../support/captured-log.ts";

export function apiContext(chosen: Partial<ApiContext> = {}): ApiContext {
  const { log } = capturedLog();
  const events = new Events(log);
  return {
    host: "127.0.0.1",
    token: undefined,
    owner: "test",
    startedMs: Date.now(),
    folders: { ingest: "", processing: "", failed: "", archive: "", id: "" },
    startSettings: startSettings(readConfig({})),
    registry: new Registry(),
    onlookers: new Onlookers(events, 0),
    events,
    gate: new ReadGate({ isLoading: () => false }),
    metrics: async () => ({ contentType: "text/plain", text: "" }),
    log,
    heartbeatMs: 1_000,
    webDir: "/nowhere",
    ...chosen,
  };
}
