// The supervision tree as it is at this moment.
import { z } from "zod";
import { named } from "./named.ts";
import { count, instant, list } from "./values.ts";

export const componentState = z.enum(["starting", "running", "restarting", "stopping", "stopped"]);

const treeNodeSchema = named(
  "TreeNode",
  z.object({
    id: z.string(),
    type: z.enum(["worker", "supervisor"]),
    state: componentState,
    restarts: count.describe("Runs after its first"),
    since: instant.describe("When it came into this state"),
    get children() {
      return list(treeNodeSchema);
    },
  }),
);
export type TreeNode = z.infer<typeof treeNodeSchema>;

export const treeSchema = named(
  "Tree",
  z.object({ at: instant, root: treeNodeSchema.describe("In start order") }),
);
export type Tree = z.infer<typeof treeSchema>;
