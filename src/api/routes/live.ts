// What is going on at this moment: /api/v1/status, /api/v1/tree, and for machines /healthz, /readyz and /metrics.
import { rootKey, treeView } from "../../registry/tree-view.ts";
import type { Api, ApiContext } from "../context.ts";
import { problem } from "../problems.ts";
import { readiness } from "../readiness.ts";
import { healthSchema, readinessSchema } from "../schemas/health.ts";
import { statusSchema } from "../schemas/status.ts";
import { treeSchema } from "../schemas/tree.ts";
import { statusTeller } from "../status.ts";
import { described, json, orProblem, shared, unprotected } from "./described.ts";

export function addLive(api: Api, context: ApiContext): void {
  const { registry, folders, metrics } = context;
  const status = statusTeller(context);

  api.get(
    "/api/v1/status",
    {
      ...shared,
      schema: {
        ...described("status", "What is going on"),
        response: { 200: json(statusSchema), ...orProblem() },
      },
    },
    status,
  );

  api.get(
    "/api/v1/tree",
    {
      ...shared,
      schema: {
        ...described("tree", "The supervision tree"),
        response: { 200: json(treeSchema), ...orProblem() },
      },
    },
    async () => {
      const root = registry.find(rootKey);
      if (root === undefined) throw problem("stopping", "the tree is not complete");
      return { at: new Date().toISOString(), root: treeView(root) };
    },
  );

  // That it answers at all says that the event loop turns.
  api.get(
    "/healthz",
    {
      ...unprotected,
      schema: {
        ...described("health", "Whether the daemon lives", "health"),
        response: { 200: json(healthSchema), 503: json(healthSchema, "Not so"), ...orProblem() },
      },
    },
    async (_request, reply) => {
      const alive = registry.find(rootKey)?.inspect().state === "running";
      const uptimeSeconds = Math.round(process.uptime());
      return reply.code(alive ? 200 : 503).send({ alive, uptimeSeconds });
    },
  );

  api.get(
    "/readyz",
    {
      ...unprotected,
      schema: {
        ...described("readiness", "Whether the daemon can load packages", "health"),
        response: {
          200: json(readinessSchema),
          503: json(readinessSchema, "Not so"),
          ...orProblem(),
        },
      },
    },
    async (_request, reply) => {
      const answer = await readiness(registry, folders);
      return reply.code(answer.ready ? 200 : 503).send(answer);
    },
  );

  api.get("/metrics", { schema: { hide: true } }, async (_request, reply) => {
    const { contentType, text } = await metrics();
    return reply.type(contentType).send(text);
  });
}
