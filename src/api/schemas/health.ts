// Whether the daemon lives, and whether it can load.
import { z } from "zod";
import { named } from "./named.ts";
import { list, seconds } from "./values.ts";

export const healthSchema = named(
  "Health",
  z.object({ alive: z.boolean(), uptimeSeconds: seconds }),
);

export const readinessSchema = named(
  "Readiness",
  z.object({
    ready: z.boolean(),
    reasons: list(z.object({ part: z.string(), reason: z.string() })).describe(
      "Why it cannot load; empty if it can",
    ),
  }),
);
export type Readiness = z.infer<typeof readinessSchema>;
