// Wrong use is told with what is right, and ends with exit code 2. Help is no error.
import { expect, test } from "vitest";
import { downlink } from "./command-line.ts";

test.concurrent.each([
  [[], {}, "Usage: downlink"],
  [["simulat"], {}, "Did you mean simulate?"],
  [["simulate", "--satellite", "x", "--lines", "1"], {}, "jackal_mk1, jackal_mk2"],
  [
    ["simulate", "--satellite", "jackal_mk1", "--lines", "1e3"],
    {},
    "a whole number, 0 to 2000000000",
  ],
  [["files"], { DOWNLINK_FILE_DIR: "x" }, "DOWNLINK_FILE_DIR is not a known variable"],
  [["database-url"], { DATABASE_URL: "secret" }, "DATABASE_URL got a value that is not shown"],
])("%j %j", async (args, environment, words) => {
  const { exitCode, stdout, stderr } = await downlink(args, environment);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toContain(words);
});

test("every command takes --json, and its help has examples", async () => {
  const { stdout } = await downlink(["--help"]);
  const names = [...stdout.matchAll(/^ {2}([a-z-]+) .*/gm)].map(([, name = ""]) => name);
  const commands = names.filter((name) => !name.startsWith("-") && name !== "help");
  expect(commands).toHaveLength(13);
  const helps = await Promise.all(commands.map((name) => downlink([name, "--help"])));
  for (const [at, help] of helps.entries()) {
    expect(help.stdout, commands[at]).toContain("--json");
    expect(help.stdout, commands[at]).toMatch(/\nExamples?:\n {2}\$ /);
  }
});

test.concurrent.each([
  [["--help"], "simulate"],
  [["--version"], "0.1.0"],
  [["simulate", "--help"], "$ npx downlink simulate --satellite jackal_mk1 --lines 1000"],
])("%j is answered, with whatever is set", async (args, words) => {
  const outcome = await downlink(args, { DOWNLINK_WRONG: "x" });
  expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
  expect(outcome.stdout).toContain(words);
});
