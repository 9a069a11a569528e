// What can be done to packages: sending one, and sending a failed one again.
import { z } from "zod";
import { named } from "./named.ts";
import { bytes, fileId } from "./values.ts";

export const uploadQuerySchema = z.strictObject({
  name: z.string().min(1).max(255).describe("The package's name; its bytes say what it is"),
});

export const uploadedSchema = named(
  "UploadedPackage",
  z.object({
    name: z.string(),
    sizeBytes: bytes,
    sha256: z.string().describe("Of its bytes, by which it can be recognised"),
  }),
);
export type UploadedPackage = z.infer<typeof uploadedSchema>;

export const retriedSchema = named(
  "RetriedPackage",
  z.object({ fileId, path: z.string().describe("Where in the inbox it lies now") }),
);
export type RetriedPackage = z.infer<typeof retriedSchema>;
