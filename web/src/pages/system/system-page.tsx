// The daemon itself: its supervision tree, its state, its settings.
import { useResource } from "../../api/resource.ts";
import { getTree } from "../../api/routes.ts";
import { useEvents } from "../../live/events.ts";
import { Panel, Waiting } from "../../ui/panel.tsx";
import { Daemon } from "./daemon.tsx";
import { Settings } from "./settings.tsx";
import { Tree } from "./tree.tsx";
import { useEvery } from "./use-every.ts";

const treeEveryMs = 2_000;

export function SystemPage() {
  const tree = useResource("tree", getTree);
  const reload = (): void => void tree.load();
  useEvery(treeEveryMs, reload);
  useEvents(({ kind }) => kind !== "package_progress" && kind !== "lines_rejected", reload, 500);
  const { body, problem } = tree.state.value;
  return (
    <>
      <div class="title">
        <h1>System</h1>
      </div>
      <div class="columns system">
        <Panel title="Supervision tree">
          {body === undefined ? <Waiting problem={problem} /> : <Tree root={body.root} />}
        </Panel>
        <div class="columns">
          <Daemon />
          <Settings />
        </div>
      </div>
    </>
  );
}
