// Settings that can be changed while the daemon runs, in place.
import { useState } from "preact/hooks";
import type { Setting } from "../../../../src/api/schemas/settings.ts";
import { problemText } from "../../api/problem.ts";
import { useResource } from "../../api/resource.ts";
import { getSettings, putSettings } from "../../api/routes.ts";
import { shownText } from "../../format/raw-text.ts";
import { useEvents } from "../../live/events.ts";
import { Foreign } from "../../ui/foreign.tsx";
import { Ago } from "../../ui/moment.tsx";
import { notify } from "../../ui/notices.tsx";
import { Panel, Waiting } from "../../ui/panel.tsx";
import { Scroll } from "../../ui/scroll.tsx";

export function Settings() {
  const settings = useResource("settings", getSettings);
  useEvents(
    ({ kind }) => kind === "settings_changed" || kind === "reset",
    () => void settings.load(),
  );
  const { body, problem } = settings.state.value;
  return (
    <Panel title="Settings" aside="take effect at once">
      {body === undefined ? (
        <Waiting problem={problem} />
      ) : (
        <Scroll label="Settings">
          <table class="settings">
            <thead>
              <tr>
                <th scope="col">name</th>
                <th scope="col">value</th>
                <th scope="col">at start</th>
                <th scope="col">changed</th>
              </tr>
            </thead>
            <tbody>
              {body.settings.map((setting) => (
                <SettingRow key={setting.name} of={setting} changed={() => void settings.load()} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Panel>
  );
}

/** In a few words, with the unit. A setting that is newer than this page has none. */
const meanings: ReadonlyMap<string, string> = new Map([
  ["rows_per_second", "ceiling over all packages, rows/s; 0: none"],
  ["adaptive", "gives way to the database's other users; on or off"],
  ["max_packages", "packages loaded at the same time"],
  ["batch_rows", "most rows in one transaction"],
  ["pause_ms", "least pause between two transactions, ms"],
]);

interface SettingRowProps {
  readonly of: Setting;
  readonly changed: () => void;
}

function SettingRow({ of, changed }: SettingRowProps) {
  const { name, value, start, isSet, note, updatedAt } = of;
  const change = async (to: string | null): Promise<void> => {
    const answer = await putSettings({ values: { [name]: to } });
    if (answer.ok) notify(to === null ? `${name} is as at the start.` : `${name} is now ${to}.`);
    else notify(problemText(answer.problem), "bad");
    changed();
  };
  return (
    <tr data-setting={name}>
      <th scope="row">
        <code>{name}</code>
        <div class="small dim">{meanings.get(name) ?? ""}</div>
      </th>
      <td>
        <ValueField key={value} name={name} value={value} change={change} />
      </td>
      <td class="dim">
        {shownText(start)}
        {isSet && (
          <button type="button" class="plain link" onClick={() => void change(null)}>
            back to it
          </button>
        )}
      </td>
      <td class="dim" title={note === null ? undefined : shownText(note)}>
        {updatedAt === null ? "–" : <Ago iso={updatedAt} />}
        {note !== null && (
          <div class="small">
            <Foreign text={note} />
          </div>
        )}
      </td>
    </tr>
  );
}

interface ValueFieldProps {
  readonly name: string;
  readonly value: string;
  readonly change: (to: string) => Promise<void>;
}

/** The button stands there always, so that nothing moves while one types. */
function ValueField({ name, value, change }: ValueFieldProps) {
  const [text, setText] = useState(value);
  return (
    <form
      class="value"
      onSubmit={(event) => {
        event.preventDefault();
        void change(text.trim());
      }}
    >
      <input
        aria-label={name}
        value={text}
        size={10}
        maxLength={100}
        spellcheck={false}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={({ key }) => {
          if (key === "Escape") setText(value);
        }}
      />
      <button type="submit" disabled={text.trim() === value || text.trim() === ""}>
        Set
      </button>
    </form>
  );
}
