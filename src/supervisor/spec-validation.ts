// Checks specs whole before anything is started, and fills in what they leave out. Types say most of it; this is for
// what they cannot say, and for numbers that come from a configuration.
import { InvalidSpecError } from "../errors.ts";
import {
  type AutoShutdown,
  autoShutdowns,
  type ChildSpec,
  childTypes,
  type DynamicSupervisorSpec,
  type RestartBudget,
  restartTypes,
  type SupervisorSpec,
  strategies,
} from "./child-spec.ts";
import { longestDelayMs } from "./clock.ts";

export type ResolvedChildSpec = Required<ChildSpec>;
export type ResolvedBudget = Required<RestartBudget>;
export type ResolvedSupervisorSpec = Required<Omit<SupervisorSpec, "children">> & {
  readonly children: readonly ResolvedChildSpec[];
};
export type ResolvedDynamicSpec = Required<DynamicSupervisorSpec>;

/** @throws {InvalidSpecError} the first thing that is wrong, with what it is and what it may be */
export function resolveSupervisorSpec(spec: SupervisorSpec): ResolvedSupervisorSpec {
  const { id, strategy, autoShutdown = "never" } = spec;
  const where = nameSupervisor(id);
  expectOneOf(where, "strategy", strategies, strategy);
  expectOneOf(where, "autoShutdown", autoShutdowns, autoShutdown);
  const budget = resolveBudget(where, spec);
  const children = spec.children.map((child) => resolveChildSpec(id, autoShutdown, child));
  expectUniqueIds(where, children);
  return { id, strategy, autoShutdown, ...budget, children };
}

/** @throws {InvalidSpecError} as `resolveSupervisorSpec` */
export function resolveDynamicSpec(spec: DynamicSupervisorSpec): ResolvedDynamicSpec {
  const { id, maxChildren } = spec;
  const where = nameSupervisor(id);
  expect(
    typeof maxChildren === "function" ||
      isCount(maxChildren) ||
      maxChildren === Number.POSITIVE_INFINITY,
    where,
    "maxChildren",
    "an integer >= 0 or Infinity",
    maxChildren,
  );
  return { id, maxChildren, ...resolveBudget(where, spec) };
}

/** @throws {InvalidSpecError} as `resolveSupervisorSpec` */
export function resolveChildSpec(
  supervisor: string,
  autoShutdown: AutoShutdown,
  spec: ChildSpec,
): ResolvedChildSpec {
  const { id, start, restart = "permanent", type = "worker", significant = false } = spec;
  const shutdownMs = spec.shutdownMs ?? (type === "supervisor" ? Number.POSITIVE_INFINITY : 5_000);
  const where = `${nameSupervisor(supervisor)}: child ${JSON.stringify(id)}`;
  expect(isName(id), where, "id", "a text that is not empty", id);
  expect(typeof start === "function", where, "start", "a function", start);
  expectOneOf(where, "restart", restartTypes, restart);
  expectOneOf(where, "type", childTypes, type);
  expect(isShutdownMs(shutdownMs), where, "shutdownMs", shutdownMsTakes, shutdownMs);
  expect(typeof significant === "boolean", where, "significant", "a boolean", significant);
  if (significant) expectMayEndSupervisor(where, restart, autoShutdown);
  return { id, start, restart, shutdownMs, type, significant };
}

// A permanent child always comes back, so its end can end nothing; and under `never` nothing would ever look at it.
function expectMayEndSupervisor(where: string, restart: string, autoShutdown: AutoShutdown): void {
  expect(
    restart !== "permanent",
    where,
    "restart",
    "transient or temporary if significant",
    restart,
  );
  expect(autoShutdown !== "never", where, "significant", "false under autoShutdown never", true);
}

function resolveBudget(where: string, budget: RestartBudget): ResolvedBudget {
  const { maxRestarts = 3, maxSeconds = 5 } = budget;
  expect(isCount(maxRestarts), where, "maxRestarts", "an integer >= 0", maxRestarts);
  const passes = Number.isFinite(maxSeconds) && maxSeconds > 0;
  expect(passes, where, "maxSeconds", "a number > 0", maxSeconds);
  return { maxRestarts, maxSeconds };
}

function expectUniqueIds(where: string, children: readonly ResolvedChildSpec[]): void {
  const seen = new Set<string>();
  for (const { id } of children) {
    expect(!seen.has(id), where, "children", "each id once", id);
    seen.add(id);
  }
}

const shutdownMsTakes = `0 to ${longestDelayMs} or Infinity`;

function isShutdownMs(value: number): boolean {
  return (value >= 0 && value <= longestDelayMs) || value === Number.POSITIVE_INFINITY;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function nameSupervisor(id: string): string {
  const where = `supervisor ${JSON.stringify(id)}`;
  expect(isName(id), where, "id", "a text that is not empty", id);
  return where;
}

function expectOneOf(where: string, name: string, takes: readonly string[], got: string): void {
  expect(takes.includes(got), where, name, takes.join(", "), got);
}

function expect(holds: boolean, where: string, name: string, takes: string, got: unknown): void {
  if (holds) return;
  const shown = typeof got === "string" ? JSON.stringify(got) : String(got);
  throw new InvalidSpecError(`${where}: ${name} takes ${takes}, got ${shown}`);
}
