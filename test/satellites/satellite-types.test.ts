// What a line of each type must look like, and what it becomes (R3, R4). Each case is the good line with one thing
// changed.
import { describe, expect, test } from "vitest";
import { satelliteTypes } from "../../src/satellites/index.ts";
import { jackalMk1 } from "../../src/satellites/jackal-mk1.ts";
import { jackalMk2 } from "../../src/satellites/jackal-mk2.ts";
import type { LineObject, SatelliteType } from "../../src/satellites/satellite.ts";
import { emptyReading } from "../../src/satellites/satellite-type.ts";

const goodMk1 = {
  timestamp: "2023-12-26T09:34:27.602982Z",
  velocity: 8020.29,
  altitude: 300047.9,
  latitude: -11.06,
  longitude: -37.829,
  instrument1: "ok",
  instrument2: "diabled",
};
const goodMk2 = {
  ts: "2023-12-26T09:34:27.602982Z",
  vel: 8020.29,
  alt: 300047.9,
  lat: -11.06,
  long: -37.829,
  instrument1: "faulty",
  instrument3: "ok",
  instrument4: "",
};
const common = {
  seconds: 1_703_583_267,
  microseconds: 602_982,
  velocity: 8020.29,
  altitude: 300047.9,
  latitude: -11.06,
  longitude: -37.829,
};

/** What the line becomes: a reading, or the rejection. */
function normalise(type: SatelliteType, line: LineObject) {
  const reading = emptyReading();
  const rejection = type.normalise(line, reading);
  return rejection === undefined ? reading : { ...rejection };
}

describe("R3, R4: a line becomes the common reading", () => {
  test("of jackal_mk1", () => {
    const instruments = '{"instrument1":"ok","instrument2":"diabled"}';
    expect(normalise(jackalMk1, goodMk1)).toEqual({ ...common, instruments });
  });

  test("of jackal_mk2", () => {
    const instruments = '{"instrument1":"faulty","instrument3":"ok","instrument4":""}';
    expect(normalise(jackalMk2, goodMk2)).toEqual({ ...common, instruments });
  });

  test("whatever the order of its keys", () => {
    const backwards = Object.fromEntries(Object.entries(goodMk2).reverse());
    expect(normalise(jackalMk2, backwards)).toEqual(normalise(jackalMk2, goodMk2));
  });

  test("C33: further keys are ignored, 2000 of them, and what they hold", () => {
    const further = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, at) => [`x${at}`, at % 2 ? null : "\0\ud800"]),
    );
    expect(normalise(jackalMk1, { ...further, ...goodMk1 })).toMatchObject(common);
  });

  test.each([
    "",
    "NULL",
    "\\N",
    "\\.",
    "\u2028\u2029\u0085",
    'tab\t, quote ", backslash \\',
    "line\nfeed",
    "\u0001\u001f\u007f",
    "🛰 é ß 漢",
    "\\u0000",
    "unknown word",
  ])("C7, C34, C39: an instrument keeps each character: %j", (said) => {
    const read = normalise(jackalMk1, { ...goodMk1, instrument2: said });
    const instruments = JSON.stringify({ instrument1: "ok", instrument2: said });
    expect(read).toEqual({ ...common, instruments });
  });

  test.each([-0, 5e-324, 1.79e308, 2 ** 53 + 2, 0])(
    "C24: a number stays the same double: %d",
    (n) => {
      const read = normalise(jackalMk1, { ...goodMk1, velocity: n, altitude: n });
      expect(read).toMatchObject({ velocity: n, altitude: n });
    },
  );

  test("a latitude out of range is not this layer's to judge", () => {
    expect(normalise(jackalMk1, { ...goodMk1, latitude: 91 })).toMatchObject({ latitude: 91 });
  });
});

test("a line says nothing of the lines before it, rejected ones too", () => {
  const say = (instrument1: unknown, instrument2: unknown) =>
    normalise(jackalMk1, { ...goodMk1, instrument1, instrument2 });
  const words: unknown[] = ["ok", "", null, "a", undefined, "\0", 7, "é"];
  for (const first of words) {
    for (const second of words) {
      const isGood = [first, second].every((word) => typeof word === "string" && word !== "\0");
      const instruments = JSON.stringify({ instrument1: first, instrument2: second });
      if (isGood) expect(say(first, second)).toMatchObject({ instruments });
      else expect(say(first, second)).toHaveProperty("reason");
    }
  }
});

describe.each([
  [jackalMk1, goodMk1],
  [jackalMk2, goodMk2],
])(
  "R3: a line of $name is rejected, with the field as detail",
  (type: SatelliteType, good: LineObject) => {
    const { timestamp, ...measurements } = type.keys;
    const fields = [timestamp, ...Object.values(measurements), ...type.instruments];

    test.each(fields)("missing_field: without %s", (field) => {
      const { [field]: _, ...line } = good;
      expect(normalise(type, line)).toEqual({ reason: "missing_field", detail: field });
    });

    test.each(fields)("C25: wrong_type: %s is null, true, an array, an object", (field) => {
      for (const value of [null, true, [], {}, [1]]) {
        const rejection = { reason: "wrong_type", detail: field };
        expect(normalise(type, { ...good, [field]: value })).toEqual(rejection);
      }
    });

    test.each(Object.values(measurements))(
      "C23, C25: wrong_type: %s is text, or no double",
      (field) => {
        for (const value of ["12.5", "", JSON.parse("1e400"), JSON.parse("-1e400")]) {
          const rejection = { reason: "wrong_type", detail: field };
          expect(normalise(type, { ...good, [field]: value })).toEqual(rejection);
        }
      },
    );

    test.each([timestamp, ...type.instruments])("C25: wrong_type: %s is a number", (field) => {
      const rejection = { reason: "wrong_type", detail: field };
      expect(normalise(type, { ...good, [field]: 12.5 })).toEqual(rejection);
    });

    test.each(type.instruments)(
      "R5, C13, C15: invalid_string: %s has a NUL or half a pair",
      (field) => {
        for (const value of ["a\0", "\ud83d", "\ude00\ud83d"]) {
          const rejection = { reason: "invalid_string", detail: field };
          expect(normalise(type, { ...good, [field]: value })).toEqual(rejection);
        }
      },
    );

    test("C13, C28, C29: invalid_timestamp, with a NUL or half a pair in it too", () => {
      for (const value of ["2023-02-30T00:00:00Z", "", "2023-12-26T09:34:27Z\0", "\ud83d"]) {
        const rejection = { reason: "invalid_timestamp", detail: timestamp };
        expect(normalise(type, { ...good, [timestamp]: value })).toEqual(rejection);
      }
    });

    test("C26: of several bad fields the first in the order of the table decides", () => {
      let line = good;
      for (const field of fields.toReversed()) {
        line = { ...line, [field]: null };
        expect(normalise(type, line)).toEqual({ reason: "wrong_type", detail: field });
      }
    });
  },
);

test("C35: a line of the other type is rejected", () => {
  const missing = (detail: string) => ({ reason: "missing_field", detail });
  expect(normalise(jackalMk1, goodMk2)).toEqual(missing("timestamp"));
  expect(normalise(jackalMk2, goodMk1)).toEqual(missing("ts"));
  expect(normalise(jackalMk1, { satellite_type: "jackal_mk1" })).toEqual(missing("timestamp"));
});

test("C22: own keys only: a line finds nothing on a prototype", () => {
  const { timestamp, ...without } = goodMk1;
  const inherits: LineObject = Object.assign(Object.create({ timestamp }), without);
  expect(normalise(jackalMk1, inherits)).toEqual({ reason: "missing_field", detail: "timestamp" });
  const smuggles: LineObject = JSON.parse(
    `{"__proto__":{"timestamp":"${timestamp}"},${JSON.stringify(without).slice(1)}`,
  );
  expect(normalise(jackalMk1, smuggles)).toEqual({ reason: "missing_field", detail: "timestamp" });
});

describe("the list of types", () => {
  test("has both, by name", () => {
    expect([...satelliteTypes]).toEqual([
      ["jackal_mk1", jackalMk1],
      ["jackal_mk2", jackalMk2],
    ]);
  });

  test.each(["__proto__", "constructor", "toString", "JACKAL_MK1", "jackal_mk1 ", ""])(
    "C2: %j is no type",
    (name) => {
      expect(satelliteTypes.get(name)).toBeUndefined();
    },
  );

  test.each([...satelliteTypes.values()])("$name has each key once", ({ keys, instruments }) => {
    const all = [...Object.values(keys), ...instruments];
    expect(new Set(all).size).toBe(all.length);
  });
});
