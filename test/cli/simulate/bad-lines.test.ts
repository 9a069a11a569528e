// Every kind of bad line is rejected, and for the reason it was made for.
import { expect, test } from "vitest";
import { badLine, badLineReasons } from "../../../src/cli/simulate/bad-lines.ts";
import { lineFormat } from "../../../src/cli/simulate/line-format.ts";
import { seededRandom } from "../../../src/cli/simulate/random.ts";
import { Readings } from "../../../src/cli/simulate/readings.ts";
import { rejectionReasons } from "../../../src/satellites/satellite.ts";
import { anyType, reasonsOf, typesAndOneMore } from "./satellite-types.ts";

test("there is a bad line for every reason but those that no line has by itself", () => {
  const reasons = [...badLineReasons(lineFormat(anyType)), "line_too_long", "database"];
  expect(reasons.toSorted()).toEqual(rejectionReasons.toSorted());
  const withoutInstruments = lineFormat({ ...anyType, instruments: [] });
  expect(badLineReasons(withoutInstruments)).not.toContain("invalid_string");
});

test.each(typesAndOneMore)("each kind is rejected for its reason: $name", (type) => {
  const format = lineFormat(type);
  const readings = new Readings(type, 1);
  const random = seededRandom(1, "test");
  for (const reason of badLineReasons(format)) {
    const lines = Array.from({ length: 300 }, () => {
      return badLine(reason, format, readings.next(), random);
    });
    expect(new Set(reasonsOf(type, lines.join("\n"))), reason).toEqual(new Set([reason]));
  }
});
