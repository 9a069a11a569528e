// What is reached from outside, when a part that it needs is started again: it comes back with what it knew, and that it
// does not come back harms nobody.
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { httpKey } from "../../src/api/http-server.ts";
import { statusSchema } from "../../src/api/schemas/status.ts";
import { type DaemonInProcess, startDaemonInProcess } from "../support/daemon-in-process.ts";
import { drop } from "../support/drop.ts";
import { freePort } from "../support/free-port.ts";
import { samplePackage } from "../support/sample-package.ts";
import { until } from "../support/until.ts";

let daemon: DaemonInProcess;
afterEach(() => daemon.close());

/** Ends a part of the root as no part should end. The root starts it and all behind it again. */
async function crash(id: string): Promise<void> {
  const parts = await daemon.root.children();
  const part = parts.find((one) => one.id === id);
  if (part?.state !== "running") throw new Error(`${id} does not run`);
  part.component.kill();
}

async function addressAfter(url: string | undefined): Promise<string> {
  return until("an address", () => {
    const found = daemon.registry.find(httpKey)?.url;
    return found !== url && found;
  });
}

test("a restart by the root forgets nothing that onlookers were shown, and leaves no listener", async () => {
  daemon = await startDaemonInProcess({ DOWNLINK_HTTP_PORT: "0" });
  const throttle = { rowsPerSecond: 500, pauseMs: 3, reason: "a test" };
  daemon.events.publish({ kind: "throttle_changed", ...throttle });
  const first = await addressAfter(undefined);
  const status = async (url: string) => {
    return statusSchema.parse(await (await fetch(`${url}/api/v1/status`)).json());
  };
  const { startedAt } = await status(first);
  let listeners = 0;
  const subscribe = daemon.events.subscribe.bind(daemon.events);
  vi.spyOn(daemon.events, "subscribe").mockImplementation((listener) => {
    listeners++;
    const unsubscribe = subscribe(listener);
    return () => {
      listeners--;
      unsubscribe();
    };
  });
  await crash("file-system-watcher");
  const second = await addressAfter(first);
  expect(await status(second)).toMatchObject({ startedAt, throttle });
  expect(listeners).toBe(1); // The new server's own; what onlookers are shown listens as before.
});

/** Another program, which takes the port as soon as it is free. */
function takeAtRestart(port: number): Server {
  const other = createServer();
  const register = daemon.registry.register.bind(daemon.registry);
  vi.spyOn(daemon.registry, "register").mockImplementation((...entered) => {
    register(...entered);
    if (entered[0].name === "intake") other.listen(port, "127.0.0.1"); // `outside` has stopped, and comes last.
  });
  onTestFinished(() => void other.close());
  return other;
}

test("an address that is lost at a restart by the root ends nothing, and packages are loaded", async () => {
  const port = await freePort();
  daemon = await startDaemonInProcess({ DOWNLINK_HTTP_PORT: String(port) });
  const other = takeAtRestart(port);
  const taken = once(other, "listening");
  await crash("intake");
  await taken;
  await until("the warning", () => {
    return daemon.logged.said("the HTTP address does not answer, trying again").length === 1;
  });
  await drop(daemon.dir, "loaded.json", samplePackage({ lines: 3, seed: 1 }).bytes);
  await until("its end", () => daemon.heard.some(({ kind }) => kind === "package_ended"));
  expect(daemon.setup).toEqual([]);
  expect(daemon.root.inspect()).toMatchObject({ state: "running" });
});
