// What `npm run dev` makes of the log for people.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createLog } from "../../src/observability/log.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test("a line stays one line, with time, level and message in plain text", async () => {
  const { scripts } = JSON.parse(await readFile(at("package.json"), "utf8"));
  const [, printer = ""] = scripts.dev.split(" | ");
  const [program = "", ...options] = printer.split(" ");
  expect(program).toBe("pino-pretty");
  const written: string[] = [];
  const log = createLog("info", { write: (text) => written.push(text) });
  log.info({ fileId: 7, stages: { hash: 0.2 } }, "package complete");
  const shown = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      at(`node_modules/.bin/${program}`),
      [...options, "--no-colorize"],
      (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
    );
    child.stdin?.end(written.join(""));
  });
  expect(shown).toMatch(
    /^\[[\d:.]+\] INFO: package complete \{"fileId":7,"stages":\{"hash":0\.2\}\}\n$/,
  );
});
