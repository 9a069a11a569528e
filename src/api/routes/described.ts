// What the description of the API says of every route.
import type { z } from "zod";
import { problemSchema } from "../schemas/problem.ts";

export type Tag = "health" | "packages" | "telemetry" | "settings" | "daemon";

/** @param operationId the route's name in programs made from the description */
export function described(operationId: string, summary: string, tag: Tag = "daemon") {
  return { operationId, summary, tags: [tag] };
}

/** An answer as JSON. */
export function json<Schema extends z.ZodType>(schema: Schema, description = "As asked") {
  return { description, content: { "application/json": { schema } } };
}

const aProblem = (description: string) => {
  return { description, content: { "application/problem+json": { schema: problemSchema } } };
};

/** What may be answered instead of what was asked for. To be listed beside a route's own responses. */
export const orProblem = () => ({
  "4xx": aProblem("The request cannot be served as it is (RFC 9457)"),
  "5xx": aProblem("It cannot be served now (RFC 9457)"),
});

/** A route that needs no token. */
export const unprotected = { config: { isPublic: true } };

/** A route whose answer is the same for all who ask at the same time. */
export const shared = { config: { isShared: true } };
