// The packages that came last, as they end; one that failed says why.

import { useResource } from "../../api/resource.ts";
import { getFiles } from "../../api/routes.ts";
import { type DaemonEvent, useEvents } from "../../live/events.ts";
import { hrefOf } from "../../router.ts";
import { Panel, Waiting } from "../../ui/panel.tsx";
import { PackageTable } from "../packages/package-table.tsx";

const shownPackages = 10;

const ends = new Set<DaemonEvent["kind"]>([
  "reset",
  "package_claimed",
  "package_complete",
  "package_failed",
  "package_duplicate",
]);

/** A package has its row a while after it was claimed. */
function isNew(event: DaemonEvent, newest: number): boolean {
  return event.kind === "package_progress" && event.fileId > newest;
}

export function Recent() {
  const recent = useResource("recent", (signal) => getFiles({ limit: shownPackages }, signal));
  const newest = recent.state.value.body?.files[0]?.id ?? 0;
  useEvents(
    (event) => ends.has(event.kind) || isNew(event, newest),
    () => void recent.load(),
  );
  const { body, problem } = recent.state.value;
  return (
    <Panel title="Latest packages" aside={<a href={hrefOf("/packages")}>all packages</a>}>
      {body === undefined && <Waiting problem={problem} />}
      {body !== undefined && body.files.length === 0 && (
        <p class="body dim">No package has come yet.</p>
      )}
      {body !== undefined && body.files.length > 0 && <PackageTable files={body.files} />}
    </Panel>
  );
}
