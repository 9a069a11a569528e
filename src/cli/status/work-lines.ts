// Packages in work, a line for each: how far, how fast, how long still. For `status` and `watch` alike.
import type { PackageInWork } from "../../api/schemas/status.ts";
import { plainText } from "../../parsers/plain-text.ts";
import type { Screen } from "../context.ts";
import { shorten } from "../text/display-width.ts";
import { leftText, percentText, speedText } from "../text/figures.ts";
import { paintFor } from "../text/paint.ts";
import { paintBar, progressBar } from "../text/progress-bar.ts";
import { type Column, column, naturalColumns, tableLines } from "../text/text-table.ts";

/** What is known of a package in work; from the database alone no speed is known. */
export type Work = Pick<PackageInWork, "fileId" | "name" | "state" | "share"> &
  Partial<Pick<PackageInWork, "rowsPerSecond" | "secondsLeft">>;

const gap = 2;
const barColumns = { least: 10, most: 40 };
const leastName = 12;
const mostName = 40;
/** So that nothing moves while numbers grow: "100 %", "123,456 rows/s", "59 s left". */
const cellColumns = { share: 5, speed: 14, left: 9 };

/** No line is wider than the screen, unless that is narrower than any would be. */
export function workLines(work: readonly Work[], screen: Screen): string[] {
  const right = { align: "right" } as const;
  const name = (one: Work) => shorten(plainText(one.name, one.name.length * 8), mostName);
  const before = [
    column("", work, ({ fileId }) => String(fileId), right),
    column("", work, name, { leastColumns: leastName }),
  ];
  const behind = [
    column("", work, (one) => shareOf(one).padStart(cellColumns.share)),
    column("", work, (one) => speedOf(one).padStart(cellColumns.speed), right),
    column("", work, (one) => leftOf(one).padStart(cellColumns.left), right),
  ];
  const bar = barColumn(work, [...before, ...behind], screen);
  return tableLines([...before, ...bar, ...behind], screen.columns).slice(1);
}

/** As long as there is room beside the other columns; the name gives way to the shortest one. */
function barColumn(work: readonly Work[], others: readonly Column[], screen: Screen): Column[] {
  const paint = paintFor(screen);
  const room = screen.columns - naturalColumns(others) - gap;
  const length = Math.min(barColumns.most, Math.max(barColumns.least, room));
  const bars = column("", work, ({ share }) => progressBar(share, length), {
    paint: (text) => paintBar(text, paint),
  });
  return [bars];
}

function shareOf({ state, share }: Work): string {
  return state === "claimed" ? "waits" : percentText(share);
}

function speedOf({ state, rowsPerSecond }: Work): string {
  return rowsPerSecond === undefined || state === "claimed" ? "" : speedText(rowsPerSecond);
}

function leftOf({ state, secondsLeft }: Work): string {
  const isKnown = secondsLeft !== undefined && secondsLeft !== null && state === "loading";
  return isKnown ? `${leftText(secondsLeft)} left` : "";
}
