// The settings as a table for people. Notes come from outside: what could move a cursor is shown escaped.
import { plainText } from "../../parsers/plain-text.ts";
import type { Screen } from "../context.ts";
import { paintFor } from "../text/paint.ts";
import { column, tableLines } from "../text/text-table.ts";
import { minuteText } from "../text/time-text.ts";
import type { ShownSetting } from "./shown-setting.ts";

const leastNoteColumns = 10;
const longestNote = 500;

/** The lines of the table, its titles first. */
export function settingLines(settings: readonly ShownSetting[], screen: Screen): string[] {
  const { strong } = paintFor(screen);
  const columns = [
    column("name", settings, ({ name }) => name),
    column("value", settings, ({ value }) => value, { align: "right", paint: strong }),
    column("from", settings, ({ from }) => from),
    column("set at (UTC)", settings, ({ updatedAt }) =>
      updatedAt === null ? "-" : minuteText(updatedAt).replace("T", " "),
    ),
    column("note", settings, ({ note }) => plainText(note ?? "-", longestNote), {
      leastColumns: leastNoteColumns,
    }),
  ];
  return tableLines(columns, screen.columns);
}
