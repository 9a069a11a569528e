// The daemon with fault points that a campaign arms: the same tree as src/main.ts starts. FAULTS names them, as
// `point:action:nth`. Besides the actions of test/support/armed-faults.ts there is `drop_connection`: the campaign, which
// holds the other end of the network, is asked to cut it. Points that are reached are told to it over IPC.
// Like src/main.ts it answers signals before the daemon is even read, which is why that is imported below.
import type { FaultPoint, FaultPoints } from "../../src/observability/fault-points.ts";

const leave = (): never => process.exit(0);
const signals = ["SIGTERM", "SIGINT"] as const;
for (const signal of signals) process.on(signal, leave);

const { runDaemon } = await import("../../src/daemon.ts");
const { armedFaults } = await import("../../test/support/armed-faults.ts");

/** `reached`: an armed fault is about to happen. `dropped`, as an answer: the connections are cut. */
interface Told {
  readonly kind: "passed" | "reached";
  readonly point: string;
  readonly nth: number;
}

const plan = (process.env["FAULTS"] ?? "").split(",").filter((text) => text !== "");
const tellsAll = process.env["FAULTS_TELL"] === "all";
const isDrop = (text: string): boolean => text.split(":")[1] === "drop_connection";

function toldFaults(): FaultPoints {
  const inner = armedFaults(plan.filter((text) => !isDrop(text)).join(","));
  const hits = new Map<FaultPoint, number>();
  return {
    async at(point) {
      const nth = (hits.get(point) ?? 0) + 1;
      hits.set(point, nth);
      const armed = plan.find((text) => text.startsWith(`${point}:`) && text.endsWith(`:${nth}`));
      if (armed !== undefined) await tell({ kind: "reached", point, nth });
      else if (tellsAll) await tell({ kind: "passed", point, nth });
      if (armed !== undefined && isDrop(armed)) await answered();
      await inner.at(point);
    },
  };
}

/** Resolves when the campaign can read it, also if this process is killed at once. */
function tell(told: Told): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(told, () => resolve());
  });
}

function answered(): Promise<void> {
  return new Promise((resolve) => process.once("message", () => resolve()));
}

// Whoever started it is gone: a daemon under test does not outlive its test.
process.on("disconnect", () => process.exit(1));
const ended = runDaemon(toldFaults()); // From here on it answers signals itself.
for (const signal of signals) process.off(signal, leave);
process.exit(await ended);
