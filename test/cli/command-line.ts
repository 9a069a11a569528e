// Runs the command line as a person does: a process of its own, with its own environment, seen from outside.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import { programPath } from "../support/programs.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

export interface Outcome {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

/** @param environment of downlink; of this process's own variables only PATH is handed on. */
export function start(args: readonly string[], environment: NodeJS.ProcessEnv): Running {
  const child = spawn(
    process.execPath,
    [programPath(inject("programs"), "src/cli/main.ts"), ...args],
    {
      cwd: repository,
      env: { PATH: process.env["PATH"], ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  return { child, outcome: outcomeOf(child) };
}

export function downlink(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  return start(args, environment).outcome;
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  const [exitCode, signal] = await once(child, "close");
  return { exitCode, signal, ...output };
}
