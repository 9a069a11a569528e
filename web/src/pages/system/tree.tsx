// The supervision tree: each component with its state, its restarts and how long it has been so.
import type { TreeNode } from "../../../../src/api/schemas/tree.ts";
import { countOf } from "../../format/count.ts";
import { Foreign } from "../../ui/foreign.tsx";
import { Ago } from "../../ui/moment.tsx";
import type { Tone } from "../../ui/status-mark.tsx";

const tones: Readonly<Record<TreeNode["state"], Tone>> = {
  starting: "live",
  running: "ok",
  restarting: "warn",
  stopping: "warn",
  stopped: "quiet",
};

export function Tree({ root }: { root: TreeNode }) {
  return (
    <div class="body tree">
      <div class="tree-row tree-head small dim" aria-hidden="true">
        <span>component</span>
        <span>state</span>
        <span class="number">restarts</span>
        <span class="number">since</span>
      </div>
      <ul>
        <Branch of={root} />
      </ul>
    </div>
  );
}

function Branch({ of }: { of: TreeNode }) {
  const { id, type, state, restarts, since, children } = of;
  return (
    <li>
      <div class="tree-row" data-component={id}>
        <span class={type === "supervisor" ? "supervisor" : ""}>
          <span class={`dot ${tones[state]}`} aria-hidden="true" /> <Foreign text={id} />
          {type === "supervisor" && <span class="visually-hidden">, supervisor</span>}
        </span>
        <span class={state === "running" ? "dim" : "warn"}>{state}</span>
        <span class={restarts === 0 ? "number dim" : "number warn"}>
          {restarts === 0 ? "0" : restarts}
          <span class="visually-hidden"> {countOf(restarts, "restart").replace(/^\S+ /, "")}</span>
        </span>
        <span class="number dim">
          <Ago iso={since} />
        </span>
      </div>
      {children.length > 0 && (
        <ul>
          {children.map((child) => (
            <Branch key={child.id} of={child} />
          ))}
        </ul>
      )}
    </li>
  );
}
