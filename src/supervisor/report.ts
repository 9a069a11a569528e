// What a supervisor tells about its children, to a function it is given. It writes no log itself: which level and
// which words that deserves is for whoever gives the function.

import type { Exit } from "./component.ts";
import type { ResolvedChildSpec } from "./spec-validation.ts";

/** What the supervisor was doing: its own start, its daily work, a restart, its own stop, or what it was asked for. */
export type ReportContext = "starting" | "running" | "restarting" | "stopping" | "request";

interface About {
  readonly supervisor: string;
  readonly context: ReportContext;
  /** The spec of the child, with its defaults. */
  readonly child: Omit<ResolvedChildSpec, "start">;
}

/** One event of a supervisor. The reason of a `start_error` is what the start threw. */
export type SupervisorReport =
  | (About & { readonly kind: "start_error"; readonly reason: unknown })
  | (About & { readonly kind: "child_terminated" | "shutdown_error"; readonly reason: Exit })
  | (About & { readonly kind: "shutdown"; readonly reason: "reached_max_restart_intensity" });

/** Told of every event, at once. If it throws, the supervisor crashes. */
export type ReportFunction = (report: SupervisorReport) => void;
