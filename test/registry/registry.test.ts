// R10: one running component for each name, found while it runs and not a moment longer.
import { expect, expectTypeOf, test } from "vitest";
import { AlreadyRegisteredError, NotRegisteredError } from "../../src/errors.ts";
import { Registry, registryKey, registryKeys } from "../../src/registry/registry.ts";
import { type Component, spawn } from "../../src/supervisor/component.ts";
import { startSupervisor } from "../../src/supervisor/supervisor.ts";
import { Stage } from "../supervisor/stage.ts";

interface Clerk {
  readonly run: number;
}

const clerkKey = registryKey<Clerk>("clerk");

/** A component that runs until it is stopped. */
function running(): Component {
  return spawn(
    ({ stopping }) =>
      new Promise((resolve) => {
        stopping.addEventListener("abort", () => resolve(), { once: true });
      }),
  );
}

test("what is registered is found under its key, with its type", () => {
  const registry = new Registry();
  const clerk = { run: 1 };
  registry.register(clerkKey, running(), clerk);
  expect(registry.find(clerkKey)).toBe(clerk);
  expect(registry.get(clerkKey)).toBe(clerk);
  expectTypeOf(registry.find(clerkKey)).toEqualTypeOf<Clerk | undefined>();
  expectTypeOf(registry.get(clerkKey)).toEqualTypeOf<Clerk>();
});

test("where nobody runs, find gives nothing and get throws", () => {
  const registry = new Registry();
  expect(registry.find(clerkKey)).toBeUndefined();
  expect(() => registry.get(clerkKey)).toThrow(NotRegisteredError);
  expect(() => registry.get(clerkKey)).toThrow("clerk is not running");
});

test.each(["stop", "kill"] as const)("an entry goes with its component: %s", async (how) => {
  const registry = new Registry();
  const component = running();
  registry.register(clerkKey, component, { run: 1 });
  component[how]();
  await component.exited;
  expect(registry.find(clerkKey)).toBeUndefined();
  expect(registry.names()).toEqual([]);
});

test("an entry goes when its component crashes", async () => {
  const registry = new Registry();
  const component = spawn(async () => {
    throw new Error("broken");
  });
  registry.register(clerkKey, component, { run: 1 });
  await component.exited;
  expect(registry.names()).toEqual([]);
});

test("a second holder is refused and killed; the first stays", async () => {
  const registry = new Registry();
  registry.register(clerkKey, running(), { run: 1 });
  const second = running();
  const register = () => registry.register(clerkKey, second, { run: 2 });
  expect(register).toThrow(AlreadyRegisteredError);
  expect(await second.exited).toEqual({ kind: "killed" });
  expect(registry.get(clerkKey)).toEqual({ run: 1 });
});

test("a name is free before its holder is restarted, a thousand times, and no entry is left", async () => {
  const stage = new Stage();
  const registry = new Registry();
  let run = 0;
  const start = async () => {
    run += 1;
    const component = run <= 1_000 ? spawn(async () => {}) : running();
    registry.register(clerkKey, component, { run });
    return component;
  };
  const supervisor = await stage.start({ maxRestarts: 1_000, children: [{ id: "clerk", start }] });
  await stage.settled();
  expect(stage.reports.every(({ kind }) => kind === "child_terminated")).toBe(true);
  expect(registry.get(clerkKey)).toEqual({ run: 1_001 });
  supervisor.stop();
  await supervisor.exited;
  expect(registry.names()).toEqual([]);
});

test("a second tree with a name that is taken fails at its start", async () => {
  const stage = new Stage();
  const registry = new Registry();
  const start = async () => {
    const component = running();
    registry.register(clerkKey, component, { run: 1 });
    return component;
  };
  const spec = { id: "top", strategy: "one_for_one", children: [{ id: "clerk", start }] } as const;
  await startSupervisor(spec, stage.options);
  await expect(startSupervisor(spec, stage.options)).rejects.toThrow(
    "supervisor top: child clerk could not be started: clerk is already registered",
  );
});

test("keys of one kind: each id is a name of its own, wherever its key was made", () => {
  const registry = new Registry();
  const clerkOf = registryKeys<Clerk>("clerk");
  registry.register(clerkOf(7n), running(), { run: 7 });
  registry.register(clerkOf(8n), running(), { run: 8 });
  expect(registry.get(clerkOf(7n))).toEqual({ run: 7 });
  expect(registry.get(clerkOf("8"))).toEqual({ run: 8 });
  expect(registry.find(clerkOf(9))).toBeUndefined();
  expect(registry.names()).toEqual(["clerk:7", "clerk:8"]);
});

test("a name looked up with a key that was made a second time is a mistake, and said so", () => {
  const registry = new Registry();
  registry.register(clerkKey, running(), { run: 1 });
  const twin = registryKey<Clerk>("clerk");
  expect(() => registry.find(twin)).toThrow("make a key once");
});

test("two registries do not know each other", () => {
  const [one, other] = [new Registry(), new Registry()];
  one.register(clerkKey, running(), { run: 1 });
  expect(other.find(clerkKey)).toBeUndefined();
});
