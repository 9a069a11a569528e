// The version of the program, from its package.json, which lies two folders above this file, compiled or not.
import { readFileSync } from "node:fs";
import { z } from "zod";

const packageJson = readFileSync(new URL("../../package.json", import.meta.url), "utf8");

export const { version } = z.object({ version: z.string() }).parse(JSON.parse(packageJson));
