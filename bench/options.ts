// The options, and the help that explains them.
import { Command, InvalidArgumentError, Option } from "commander";
import { compare } from "./scenarios/compare.ts";
import { fair } from "./scenarios/fair.ts";
import { gentle } from "./scenarios/gentle.ts";
import { latency } from "./scenarios/latency.ts";
import { many } from "./scenarios/many.ts";
import { memory } from "./scenarios/memory.ts";
import { parts } from "./scenarios/parts.ts";
import { readers } from "./scenarios/readers.ts";
import type { Plan, Scenario } from "./scenarios/scenario.ts";

/** In the order in which they run. */
const all: readonly Scenario[] = [compare, parts, memory, many, latency, fair, readers, gentle];

const examples = `
Scenarios:
${all.map(({ name, summary }) => `  ${name.padEnd(9)} ${summary}`).join("\n")}

One server is started for the whole run, with fsync, on a folder of its own, and
removed with it. Give it a quiet machine, 10 GB of disk (20 with --large) and
half an hour (an hour). What each figure means is in docs/performance.md.

Examples:
  $ npm run bench
  $ npm run bench -- --only compare --rounds 5
  $ npm run bench -- --large --markdown > report.md
  $ npm run bench -- --smoke`;

export interface BenchOptions {
  readonly scenarios: readonly Scenario[];
  readonly plan: Plan;
  readonly json: string | undefined;
  readonly markdown: boolean;
  readonly dir: string | undefined;
}

/** Ends the process if the options are wrong, or ask for help. */
export function readOptions(argv: readonly string[], { tell }: Pick<Plan, "tell">): BenchOptions {
  const only = new Option("--only <name...>", "run these scenarios alone").choices(
    all.map(({ name }) => name),
  );
  const program = new Command("npm run bench --")
    .description("Measures how fast the built daemon is, how much it takes, and whom it disturbs.")
    .addOption(only)
    .option("--rounds <n>", "trials of each measurement; figures are medians", atLeastOne, 3)
    .option("--lines <n...>", "sizes of the packages in compare", eachAtLeastOne)
    .option("--large", "also ten million lines", false)
    .option("--smoke", "everything tiny, one round, to see that it works", false)
    .option("--json <path>", "where the figures go (default: bench/results/<time>.json)")
    .option("--markdown", "print the report as markdown", false)
    .option("--dir <folder>", "where server and packages lie (default: .data in the repository)")
    .addHelpText("after", examples);
  const options = program.parse(argv).opts<Options>();
  const { large, smoke, json, markdown, dir } = options;
  return {
    scenarios: all.filter(({ name }) => options.only?.includes(name) ?? true),
    plan: {
      rounds: smoke ? 1 : options.rounds,
      lines: options.lines,
      isLarge: large && !smoke,
      isSmoke: smoke,
      tell,
    },
    json,
    markdown,
    dir,
  };
}

interface Options {
  readonly only?: readonly string[];
  readonly rounds: number;
  readonly lines?: readonly number[];
  readonly large: boolean;
  readonly smoke: boolean;
  readonly json?: string;
  readonly markdown: boolean;
  readonly dir?: string;
}

function atLeastOne(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A whole number, at least 1.");
}

function eachAtLeastOne(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, atLeastOne(text)];
}
