// The daemon in figures: whether it can load, since when it runs, what it needs; and where else to look.
import type { Status } from "../../../../src/api/schemas/status.ts";
import { wholeDurationText } from "../../format/quantity.ts";
import { epochSeconds } from "../../format/time.ts";
import { nowMs } from "../../live/clock.ts";
import { status } from "../../live/status.ts";
import { Bytes } from "../../ui/figures.tsx";
import { Foreign } from "../../ui/foreign.tsx";
import { Moment } from "../../ui/moment.tsx";
import { Panel, Waiting } from "../../ui/panel.tsx";
import { Mark } from "../../ui/status-mark.tsx";

export function Daemon() {
  const now = status.value;
  return (
    <Panel title="Daemon" aside={<Links />}>
      {now === undefined ? <Waiting problem={undefined} /> : <Facts of={now} />}
    </Panel>
  );
}

function Links() {
  return (
    <nav class="links" aria-label="Further">
      <a href="docs">API</a>
      <a href="metrics">Metrics</a>
      <a href="healthz">Alive</a>
      <a href="readyz">Ready</a>
    </nav>
  );
}

function Facts({ of }: { of: Status }) {
  return (
    <dl class="body facts">
      <dt>Health</dt>
      <dd>
        {of.ready ? <Mark tone="ok">ready to load</Mark> : <Mark tone="bad">not able to load</Mark>}
      </dd>
      <dt>Database</dt>
      <dd>
        {of.database.state === "ready" ? (
          <Mark tone="ok">ready</Mark>
        ) : (
          <Mark tone="bad">{of.database.state}</Mark>
        )}{" "}
        <code class="dim">
          <Foreign text={of.database.error ?? of.database.url ?? ""} />
        </code>
      </dd>
      <dt>Started</dt>
      <dd>
        <Moment iso={of.startedAt} digits={0} />
      </dd>
      <dt>Running for</dt>
      <dd>{wholeDurationText(nowMs.value / 1000 - epochSeconds(of.startedAt))}</dd>
      <dt>Memory</dt>
      <dd>
        <Bytes of={of.memoryBytes} />
      </dd>
      <dt>Version</dt>
      <dd>{of.version}</dd>
      <dt>Name</dt>
      <dd>
        <code>
          <Foreign text={of.daemon} />
        </code>
      </dd>
    </dl>
  );
}
