// Which events of a supervisor are worth a report, and in which shape.
import type { Child } from "./child.ts";
import type { Exit } from "./component.ts";
import type { ReportContext, ReportFunction, SupervisorReport } from "./report.ts";

export class Reporter {
  readonly #supervisor: string;
  readonly #report: ReportFunction;

  constructor(supervisor: string, report: ReportFunction) {
    this.#supervisor = supervisor;
    this.#report = report;
  }

  startError(context: ReportContext, child: Child, reason: unknown): void {
    this.#report({ kind: "start_error", reason, ...this.#about(context, child) });
  }

  childTerminated(child: Child, reason: Exit): void {
    this.#report({ kind: "child_terminated", reason, ...this.#about("running", child) });
  }

  /** For a child the supervisor itself has stopped: silent if it ended as one may expect (R2). */
  childStopped(context: ReportContext, child: Child, reason: Exit): void {
    const { shutdownMs, restart } = child.spec;
    const asExpected =
      reason.kind === "shutdown" ||
      (reason.kind === "killed" && shutdownMs === 0) ||
      (reason.kind === "normal" && restart !== "permanent");
    if (asExpected) return;
    this.#report({ kind: "shutdown_error", reason, ...this.#about(context, child) });
  }

  gaveUp(child: Child): void {
    const reason = "reached_max_restart_intensity";
    this.#report({ kind: "shutdown", reason, ...this.#about("restarting", child) });
  }

  #about(
    context: ReportContext,
    { spec }: Child,
  ): Pick<SupervisorReport, "supervisor" | "context" | "child"> {
    const { start: _, ...child } = spec;
    return { supervisor: this.#supervisor, context, child };
  }
}
