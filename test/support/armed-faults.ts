// Fault points as armed by a test.
import type { FaultPoint, FaultPoints } from "../../src/observability/fault-points.ts";

const actions = ["kill9", "throw", "reject", "hang", "sigstop", "stall"] as const;
type Action = (typeof actions)[number];

const stallMs = 2_000;

/** @param plan `point:action:nth`, several with commas; "" for none. @throws {RangeError} */
export function armedFaults(plan: string): FaultPoints {
  const armed = plan
    .split(",")
    .filter((text) => text !== "")
    .map(parse);
  const hits = new Map<string, number>();
  return {
    async at(point: FaultPoint): Promise<void> {
      const hit = (hits.get(point) ?? 0) + 1;
      hits.set(point, hit);
      const fault = armed.find((one) => one.point === point && one.nth === hit);
      if (fault !== undefined) await carryOut(fault.action, point);
    },
  };
}

function parse(text: string): { point: string; action: Action; nth: number } {
  const [point = "", wanted, nth] = text.split(":");
  const action = actions.find((known) => known === wanted);
  if (action === undefined || !(Number(nth) >= 1)) throw new RangeError(`no fault: ${text}`);
  return { point, action, nth: Number(nth) };
}

async function carryOut(action: Action, point: string): Promise<void> {
  switch (action) {
    case "kill9":
      return kill("SIGKILL");
    case "sigstop":
      return kill("SIGSTOP");
    case "throw":
      throw new Error(`fault at ${point}`);
    case "reject": // Nobody's child: what an event handler of ours may do.
      void Promise.reject(new Error(`fault at ${point}`));
      return;
    case "hang":
      return new Promise(() => {});
    case "stall":
      for (const end = performance.now() + stallMs; performance.now() < end; );
  }
}

/** Returns when the signal has had its effect, if the process then still is. */
async function kill(signal: "SIGKILL" | "SIGSTOP"): Promise<void> {
  process.kill(process.pid, signal);
  await new Promise((resolve) => setImmediate(resolve));
}
