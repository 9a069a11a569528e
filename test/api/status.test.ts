// The status and health of a server that is given its surroundings.
import { expect, test } from "vitest";
import { createApp } from "../../src/api/app.ts";
import { healthSchema } from "../../src/api/schemas/health.ts";
import { statusSchema } from "../../src/api/schemas/status.ts";
import { apiContext } from "./api-context.ts";

test("a wall clock that is set back makes no uptime negative", async () => {
  const hourMs = 3_600_000;
  const app = await createApp(apiContext({ startedMs: Date.now() + hourMs }));
  const headers = { host: "localhost" };
  const status = await app.inject({ url: "/api/v1/status", headers });
  expect(statusSchema.parse(status.json()).uptimeSeconds).toBeGreaterThanOrEqual(0);
  const health = await app.inject({ url: "/healthz", headers });
  expect(healthSchema.parse(health.json()).uptimeSeconds).toBeGreaterThanOrEqual(0);
  await app.close();
});
