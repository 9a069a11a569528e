import { describe, expect, test } from "vitest";
import { type Compared, comparedFigures } from "../../bench/scenarios/compared.ts";
import { jackalMk1 } from "../../src/satellites/jackal-mk1.ts";

/** A case with the seconds of each method's rounds. */
function compared(
  lines: number,
  badShare: number,
  seconds: Readonly<Record<string, number[]>>,
): Compared {
  const trials = Object.entries(seconds).map(([name, all]) => {
    return [
      name,
      all.map((one) => ({ seconds: one, clientCpuSeconds: 1, serverCpuSeconds: 1 })),
    ] as const;
  });
  return { satelliteType: jackalMk1, lines, badShare, trials: new Map(trials) };
}

const million = compared(1_000_000, 0, {
  daemon: [4, 8, 3],
  "binary COPY": [4, 4, 3],
  "text COPY": [6, 6, 9],
  "jsonb, INSERT SELECT": [16, 16, 15],
});
const figure = (all: readonly Compared[], name: string) =>
  comparedFigures(all).find((one) => one.name.endsWith(name));

describe("methods are compared round by round", () => {
  test("so that a round which was disturbed does not decide", () => {
    expect(figure([million], "daemon by binary COPY")).toMatchObject({
      value: 1,
      samples: [1, 2, 1],
      goal: { isMet: true },
    });
    expect(figure([million], "text COPY by daemon")).toMatchObject({ value: 1.5 });
    expect(figure([million], "INSERT SELECT by daemon")).toMatchObject({ value: 4 });
  });

  test("and only a million lines are held against the goals", () => {
    const small = { ...million, lines: 10_000 };
    expect(figure([small], "daemon by binary COPY")?.goal).toBeUndefined();
    expect(comparedFigures([small, million])).toHaveLength(3);
  });
});

describe("time per line is compared with that of a million good lines", () => {
  test("for half bad ones", () => {
    const bad = compared(1_000_000, 0.5, { daemon: [5, 6, 7] });
    expect(figure([million, bad], "by that of good lines")).toMatchObject({
      value: 1.5,
      goal: { isMet: true },
    });
  });

  test("for ten million, round by round, also for a raw COPY, which has no goal", () => {
    const large = compared(10_000_000, 0, { daemon: [44, 48, 60], "binary COPY": [40, 40, 40] });
    const beside = compared(1_000_000, 0, { daemon: [4, 4, 3], "binary COPY": [4, 5, 3] });
    const all = [million, { ...large, beside }];
    const found = figure(all, "daemon, time per line by that of 1 000 000");
    expect(found?.value).toBeCloseTo(1.2);
    expect(found?.goal).toEqual({ text: "at most 1.1", isMet: false });
    const raw = figure(all, "binary COPY, time per line by that of 1 000 000");
    expect(raw?.value).toBeCloseTo(1);
    expect(raw?.goal).toBeUndefined();
  });
});
