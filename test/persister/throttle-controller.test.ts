// How the throttle gives way: quickly down, steadily up, never below its floor, and back at full speed soon after the
// others have gone. By looks at given times.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Look,
  lowestShare,
  type ServerLook,
  ThrottleController,
} from "../../src/persister/throttle-controller.ts";

const lookMs = 100;
const free: ServerLook = { busy: 0, waiting: 0, lagBytes: 0, slowness: undefined };
const seen = (look: Partial<ServerLook> = {}): Look => ({ kind: "seen", ...free, ...look });
const lost: Look = { kind: "lost" };

/** The controller and its clock. */
function watching() {
  const controller = new ThrottleController();
  let nowMs = 0;
  return (look: Look, count = 1): number[] =>
    Array.from({ length: count }, () => {
      nowMs += lookMs;
      return controller.decide(look, nowMs).share;
    });
}
/** What each look of some seconds comes to. */
const during = (seconds: number) => (seconds * 1_000) / lookMs;

const anyLook = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        busy: fc.oneof(fc.constant(0), fc.nat(50)),
        waiting: fc.oneof(fc.constant(0), fc.nat(20)),
        lagBytes: fc.oneof(fc.constant(0), fc.nat(2 ** 31 - 1)),
        slowness: fc.option(fc.double({ min: 1, max: 50, noNaN: true }), { nil: undefined }),
      })
      .map(seen),
  },
  { weight: 1, arbitrary: fc.constant(lost) },
);

describe("whatever is seen", () => {
  test("the share stays between the floor and all", () =>
    fc.assert(
      fc.property(fc.array(anyLook, { maxLength: 200 }), (looks) => {
        const watch = watching();
        for (const share of looks.flatMap((look) => watch(look))) {
          expect(share).toBeGreaterThanOrEqual(lowestShare);
          expect(share).toBeLessThanOrEqual(1);
        }
      }),
    ));

  test("it grows by no more than a tenth from look to look", () =>
    fc.assert(
      fc.property(fc.array(anyLook, { maxLength: 200 }), (looks) => {
        const watch = watching();
        let before = 1;
        for (const share of looks.flatMap((look) => watch(look))) {
          expect(share).toBeLessThanOrEqual(before * 1.1);
          before = share;
        }
      }),
    ));

  test("five seconds after the last of it full speed is back", () =>
    fc.assert(
      fc.property(fc.array(anyLook, { maxLength: 200 }), (looks) => {
        const watch = watching();
        for (const look of looks) watch(look);
        expect(watch(seen(), during(5)).at(-1)).toBe(1);
      }),
    ));

  test("the same look over and over leads to one share, and stays there", () =>
    fc.assert(
      fc.property(anyLook, (look) => {
        const shares = watching()(look, during(30)).slice(during(20));
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThan(0.05);
      }),
    ));

  test("more of it never leaves a larger share", () =>
    fc.assert(
      fc.property(fc.nat(10), fc.nat(10), (few, more) => {
        const shareAt = (busy: number) => watching()(seen({ busy }), during(10)).at(-1) ?? 0;
        expect(shareAt(few + more)).toBeLessThanOrEqual(shareAt(few));
      }),
    ));
});

describe("pressure", () => {
  test.each([
    ["others at work", { busy: 5 }],
    ["others that wait", { busy: 1, waiting: 2 }],
    ["a replica that lags behind", { lagBytes: 2 ** 30 }],
  ])("%s bring it to its floor within a second", (_, look) => {
    const watch = watching();
    watch(seen(), during(60));
    expect(watch(seen(look), during(1)).at(-1)).toBe(lowestShare);
  });

  test("connections that are lost bring it there at once, also in between good answers", () => {
    const watch = watching();
    watch(seen(), during(60));
    expect(watch(lost)).toEqual([lowestShare]);
    watch(seen());
    expect(watch(lost)).toEqual([lowestShare]);
  });

  test("after an outage, however long, full speed is back within two seconds", () => {
    const watch = watching();
    watch(lost, during(3_600));
    expect(watch(seen(), during(2)).at(-1)).toBe(1);
  });

  test("a question now and then, as of a monitor, is none", () => {
    const watch = watching();
    const shares = Array.from({ length: 60 }, (_, n) =>
      watch(seen({ busy: n % 20 === 10 ? 1 : 0 })),
    );
    expect(Math.min(...shares.flat())).toBe(1);
  });

  test("others that come and go all the time do not make it swing from end to end", () => {
    const watch = watching();
    watch(seen({ busy: 2 }), during(5));
    const looks = Array.from({ length: 80 }, (_, n) => seen({ busy: n % 2 === 0 ? 2 : 0 }));
    expect(Math.max(...looks.flatMap((look) => watch(look)))).toBeLessThan(0.6);
  });

  test("our own slow work alone is none; beside others it makes them weigh more", () => {
    expect(watching()(seen({ slowness: 10 }), during(10)).at(-1)).toBe(1);
    const quiet = watching()(seen({ busy: 0.4 }), during(10)).at(-1) ?? 0;
    const slow = watching()(seen({ busy: 0.4, slowness: 3 }), during(10)).at(-1) ?? 0;
    expect(quiet).toBeLessThan(1);
    expect(slow).toBe(lowestShare);
  });
});

test("the reason is said in words", () => {
  const controller = new ThrottleController();
  expect(controller.decide(seen(), 0).reason).toBe("nobody else is at work");
  expect(controller.decide(seen({ busy: 5 }), 250).reason).toBe("others are at work");
  expect(controller.decide(lost, 500).reason).toBe("connections to the server are lost");
  expect(controller.decide(seen({ lagBytes: 2 ** 30 }), 750).reason).toBe("a replica lags behind");
});
