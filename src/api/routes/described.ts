// What the description of the API says of every route.
import { problemSchema } from "../schemas/problem.ts";

export type Tag = "health" | "packages" | "telemetry" | "settings" | "daemon";

/** @param operationId the route's name in programs made from the description */
export function described(operationId: string, summary: string, tag: Tag = "daemon") {
  return { operationId, summary, tags: [tag] };
}

/** A response that is a problem, whatever it is. To be listed beside a route's own responses. */
export const orProblem = {
  default: {
    description: "Something is not as it should be (RFC 9457)",
    content: { "application/problem+json": { schema: problemSchema } },
  },
};

/** A route that needs no token. */
export const unprotected = { config: { isPublic: true } };
