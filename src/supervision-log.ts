// What supervisors report, as log lines and events.
import { SetupError } from "./errors.ts";
import type { Events } from "./observability/events.ts";
import type { Log } from "./observability/log.ts";
import type { ReportFunction, SupervisorReport } from "./supervisor/report.ts";

/** @param onSetup told when a child crashed because a person must set something right */
export function reportTo(
  log: Log,
  events: Events,
  onSetup: (error: SetupError) => void,
): ReportFunction {
  return (report) => {
    const error = errorOf(report);
    if (error instanceof SetupError) return onSetup(error);
    const { supervisor, context, child } = report;
    const fields = { ...packageOf(child.id), supervisor, context, child: child.id };
    switch (report.kind) {
      case "start_error":
        log.error({ ...fields, err: error }, "child could not be started");
        break;
      case "child_terminated":
        log.error(
          { ...fields, exit: report.reason.kind, err: error },
          "child ended, its supervisor decides",
        );
        break;
      case "shutdown_error":
        log.warn(
          { ...fields, exit: report.reason.kind, err: error },
          "child did not stop as asked",
        );
        break;
      case "shutdown":
        log.error(fields, "too many restarts, the supervisor gives up");
        break;
    }
    if (isRestart(report)) {
      const reason = error instanceof Error ? error.message : exitOf(report);
      events.publish({ kind: "component_restarted", component: child.id, reason });
    }
  };
}

/** The parts of a package have its id behind a colon. */
function packageOf(childId: string): { readonly fileId?: number } {
  const [, fileId] = /:(\d+)$/.exec(childId) ?? [];
  return fileId === undefined ? {} : { fileId: Number(fileId) };
}

/** Of those that end by themselves, only the temporary ones are reported and stay away. */
function isRestart({ kind, context, child }: SupervisorReport): boolean {
  if (child.restart === "temporary") return false;
  return kind === "child_terminated" || (kind === "start_error" && context === "restarting");
}

function exitOf(report: SupervisorReport): string {
  return report.kind === "child_terminated" ? report.reason.kind : String(errorOf(report));
}

function errorOf(report: SupervisorReport): unknown {
  if (report.kind === "start_error") return report.reason;
  if (report.kind === "shutdown") return undefined;
  return report.reason.kind === "crash" ? report.reason.error : undefined;
}
