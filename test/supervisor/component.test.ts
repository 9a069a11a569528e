// How a component ends, and what its body is told.
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type Lifetime, spawn } from "../../src/supervisor/component.ts";

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

test("the body's first steps run at once", () => {
  const steps: string[] = [];
  spawn(async () => {
    steps.push("first");
  });
  expect(steps).toEqual(["first"]);
});

describe("exits", () => {
  test("normal: the body returned by itself", async () => {
    expect(await spawn(async () => {}).exited).toEqual({ kind: "normal" });
  });

  test("shutdown: it was asked to stop", async () => {
    const component = spawn(({ stopping }) => untilAborted(stopping));
    component.stop();
    component.stop();
    expect(await component.exited).toEqual({ kind: "shutdown", detail: "asked" });
  });

  test("crash: it threw, at once or later; whether it was stopping or not", async () => {
    const error = new Error("broken");
    const atOnce = spawn(() => {
      throw error;
    });
    expect(await atOnce.exited).toEqual({ kind: "crash", error });
    const later = spawn(async ({ stopping }) => {
      await untilAborted(stopping);
      throw error;
    });
    later.stop();
    expect(await later.exited).toEqual({ kind: "crash", error });
  });

  test.each<[string, (lifetime: Lifetime) => Promise<unknown>]>([
    [
      "the signal itself",
      async ({ stopping }) => {
        await untilAborted(stopping);
        stopping.throwIfAborted();
      },
    ],
    ["an aborted wait of Node.js", ({ stopping }) => pause(1e6, undefined, { signal: stopping })],
  ])("unwound by %s it is a shutdown, not a crash", async (_, body) => {
    const component = spawn(async (lifetime) => {
      await body(lifetime);
    });
    component.stop();
    expect(await component.exited).toEqual({ kind: "shutdown", detail: "asked" });
  });

  test("killed: nobody waits for the body, whatever it still does is dropped", async () => {
    let letGo = (): void => {};
    const component = spawn(
      () =>
        new Promise((_, reject) => {
          letGo = () => reject(new Error("too late"));
        }),
    );
    component.kill();
    letGo();
    expect(await component.exited).toEqual({ kind: "killed" });
  });

  test("the first exit stands", async () => {
    const component = spawn(async () => {});
    await component.exited;
    component.stop();
    component.kill();
    expect(await component.exited).toEqual({ kind: "normal" });
  });
});

test("who is killed is told so first, and then wakes up as stopping", () => {
  const told: string[] = [];
  const component = spawn(async ({ stopping, killed }) => {
    killed.addEventListener("abort", () => told.push("killed"), { once: true });
    stopping.addEventListener("abort", () => told.push("stopping"), { once: true });
    await untilAborted(killed);
  });
  component.kill();
  expect(told).toEqual(["killed", "stopping"]);
});
