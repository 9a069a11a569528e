// The values of options, checked: a wrong one is wrong use, told with what it takes.
import { InvalidArgumentError } from "commander";

/** Not parseInt, which reads "12x" as 12, and gets the default as its radix from commander. */
export function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`It takes a whole number, ${lowest} to ${highest}.`);
  };
}

/** The id of a package. */
export const fileId = wholeNumber(1, Number.MAX_SAFE_INTEGER);

export function share(text: string): number {
  const value = /^(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("It takes a number from 0 (none) to 1 (all), such as 0.01.");
}

const unitSeconds = new Map([
  ["s", 1],
  ["m", 60],
  ["h", 3_600],
  ["d", 86_400],
  ["w", 604_800],
]);

/** A moment: so long ago, or a time, UTC unless it has a zone. @returns ISO 8601 */
export function moment(nowMs: () => number = Date.now): (text: string) => string {
  return (text) => {
    const [, count = "", unit = ""] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
    const seconds = unitSeconds.get(unit);
    const ms = seconds === undefined ? timeMs(text) : nowMs() - Number(count) * seconds * 1_000;
    if (Number.isFinite(ms)) return new Date(ms).toISOString();
    throw new InvalidArgumentError(
      "It takes a time like 2024-05-01 or 2024-05-01T12:00:00Z, or an age like 90m, 12h, 7d.",
    );
  };
}

const timeShape =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/;

/** NaN if it is none. */
function timeMs(text: string): number {
  const [, day, time = "00:00", zone = "Z"] = timeShape.exec(text) ?? [];
  const ms = Date.parse(`${day}T${time}${zone}`);
  // Date takes 30 February for 1 March.
  const isReal = new Date(`${day}T00:00Z`).toJSON()?.startsWith(day ?? "") === true;
  return isReal ? ms : Number.NaN;
}
