// R11, the actor: one message at a time, in order; how it stops; what becomes of those who call it.
import { describe, expect, expectTypeOf, test } from "vitest";
import { ActorStoppedError, CallTimeoutError, UnansweredCallError } from "../../src/errors.ts";
import { actor } from "../../src/supervisor/actor.ts";
import type { Reply } from "../../src/supervisor/callers.ts";
import { ManualClock, reactions } from "../support/manual-clock.ts";

interface Message {
  readonly type: string;
  readonly reply?: Reply<string>;
}

/** An actor that holds each message until the test lets it go, so that the order of events is chosen. */
function held(onStop: "drain" | "drop", capacity = 1) {
  const handled: string[] = [];
  const holding: (() => void)[] = [];
  const clock = new ManualClock();
  const subject = actor<Message>({
    capacity,
    onStop,
    clock,
    async receive({ type, reply }) {
      await new Promise<void>((resolve) => holding.push(resolve));
      handled.push(type);
      if (type === "crash") throw new Error("broken");
      reply?.(`answer to ${type}`);
      return type === "last" ? "stop" : "next";
    },
  });
  const letGo = async (): Promise<void> => {
    holding.shift()?.();
    await reactions();
  };
  return { subject, handled, clock, letGo };
}

describe("how it stops", () => {
  test.each([
    ["drain", ["in hand", "inside"]],
    ["drop", ["in hand"]],
  ] as const)("with %s it handles %j and refuses who waits", async (onStop, expected) => {
    const { subject, handled, letGo } = held(onStop);
    await subject.post({ type: "in hand" });
    await subject.post({ type: "inside" });
    const third = expect(subject.post({ type: "third" })).rejects.toThrow("third not delivered");
    subject.stop();
    await third;
    await letGo();
    await letGo();
    expect(await subject.exited).toEqual({ kind: "shutdown", detail: "asked" });
    expect(handled).toEqual(expected);
    await expect(subject.post({ type: "late" })).rejects.toThrow(ActorStoppedError);
  });

  test("an idle one stops at once", async () => {
    const { subject } = held("drain");
    subject.stop();
    expect(await subject.exited).toMatchObject({ kind: "shutdown" });
  });

  test("killed, it finishes the message in hand at most", async () => {
    const { subject, handled, letGo } = held("drain");
    await subject.post({ type: "in hand" });
    await subject.post({ type: "inside" });
    subject.kill();
    expect(await subject.exited).toEqual({ kind: "killed" });
    await letGo();
    await letGo();
    expect(handled).toEqual(["in hand"]);
  });

  test("a message may end it: normal, and who waits is refused", async () => {
    const { subject, letGo } = held("drain");
    await subject.post({ type: "last" });
    await subject.post({ type: "inside" });
    const third = expect(subject.post({ type: "third" })).rejects.toThrow(ActorStoppedError);
    await letGo();
    expect(await subject.exited).toEqual({ kind: "normal" });
    await third;
  });

  test("a message that throws crashes it", async () => {
    const { subject, letGo } = held("drain");
    await subject.post({ type: "crash" });
    await letGo();
    expect(await subject.exited).toEqual({ kind: "crash", error: new Error("broken") });
  });

  test.each(["stop", "crash"])(
    "release is called once, after the last message: %s",
    async (how) => {
      const steps: string[] = [];
      const subject = actor<Message>({
        capacity: 2,
        onStop: "drain",
        receive: async ({ type }) => {
          steps.push(type);
          if (type === "crash") throw new Error("broken");
          return "next";
        },
        release: async () => {
          steps.push("release");
        },
      });
      await subject.post({ type: "first" });
      await subject.post({ type: how });
      subject.stop();
      await subject.exited;
      expect(steps).toEqual(["first", how, "release"]);
    },
  );
});

test("messages are handled one at a time, in the order in which they were sent", async () => {
  let inHand = 0;
  const handled: string[] = [];
  const subject = actor<Message>({
    capacity: 3,
    onStop: "drain",
    receive: async ({ type }) => {
      inHand += 1;
      expect(inHand).toBe(1);
      await reactions();
      handled.push(type);
      inHand -= 1;
      return "next";
    },
  });
  const sent = Array.from({ length: 20 }, (_, index) => String(index));
  await Promise.all(sent.map((type) => subject.post({ type })));
  subject.stop();
  await subject.exited;
  expect(handled).toEqual(sent);
});

describe("a call", () => {
  test("is answered by the receiver; the first answer counts", async () => {
    const subject = actor<Message>({
      capacity: 1,
      onStop: "drain",
      receive: async ({ reply }) => {
        reply?.("first");
        reply?.("second");
        return "next";
      },
    });
    expect(await subject.call<string>((reply) => ({ type: "question", reply }))).toBe("first");
  });

  test("is typed by its message: a wrong answer type does not compile, a missing one is unknown", () => {
    const { subject } = held("drop");
    const ask = () => {
      // @ts-expect-error The message wants a reply that takes a string.
      void subject.call<number>((reply) => ({ type: "question", reply }));
      return subject.call((reply) => ({ type: "question", reply }));
    };
    expectTypeOf(ask).returns.resolves.toBeUnknown();
  });

  test.each([
    [undefined, 5_000],
    [20, 20],
  ])("with a limit of %s ends after %s ms; a late answer is dropped", async (limitMs, ms) => {
    const { subject, clock, letGo } = held("drain");
    const options = limitMs === undefined ? {} : { limitMs };
    const answer = subject.call<string>((reply) => ({ type: "question", reply }), options);
    const refused = expect(answer).rejects.toThrow(`call of question: no answer within ${ms} ms`);
    await reactions();
    await clock.advance(ms - 1);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(1);
    await refused;
    await expect(answer).rejects.toThrow(CallTimeoutError);
    await letGo();
    subject.stop();
    expect(await subject.exited).toMatchObject({ kind: "shutdown" });
  });

  test("that waits for room takes its message back when its limit is over", async () => {
    const { subject, clock, handled, letGo } = held("drain");
    await subject.post({ type: "in hand" });
    await subject.post({ type: "inside" });
    const answer = subject.call<string>((reply) => ({ type: "question", reply }));
    const refused = expect(answer).rejects.toThrow(CallTimeoutError);
    await clock.advance(5_000);
    await refused;
    for (let message = 0; message < 3; message += 1) await letGo();
    expect(handled).toEqual(["in hand", "inside"]);
  });

  test("ends with its signal", async () => {
    const { subject, clock } = held("drain");
    const asked = new AbortController();
    const options = { signal: asked.signal };
    const answer = subject.call<string>((reply) => ({ type: "question", reply }), options);
    const refused = expect(answer).rejects.toThrow("enough");
    asked.abort(new Error("enough"));
    await refused;
    const late = subject.call<string>((reply) => ({ type: "question", reply }), options);
    await expect(late).rejects.toThrow("enough");
    expect(clock.pendingTimers).toBe(0);
  });

  test.each([
    ["in hand", "question", "killed"],
    ["inside", "in hand", "killed"],
    ["in hand", "question", "crash"],
  ])("is answered with an error when the receiver dies: %s", async (_, first, end) => {
    const { subject, clock, letGo } = held("drop", 2);
    if (first !== "question") await subject.post({ type: first });
    const type = end === "crash" ? "crash" : "question";
    const answer = subject.call<string>((reply) => ({ type, reply }));
    const refused = expect(answer).rejects.toThrow(UnansweredCallError);
    await reactions();
    if (end === "crash") await letGo();
    else subject.kill();
    await refused;
    expect(clock.pendingTimers).toBe(0);
  });

  test("to one that has stopped is refused", async () => {
    const { subject, clock } = held("drop");
    subject.stop();
    await subject.exited;
    const answer = subject.call<string>((reply) => ({ type: "question", reply }));
    await expect(answer).rejects.toThrow(ActorStoppedError);
    expect(clock.pendingTimers).toBe(0);
  });

  test("a thousand calls leave no timer behind", async () => {
    const clock = new ManualClock();
    const subject = actor<Message>({
      capacity: 10,
      onStop: "drain",
      clock,
      receive: async ({ type, reply }) => {
        reply?.(type);
        return "next";
      },
    });
    const calls = Array.from({ length: 1_000 }, (_, index) =>
      subject.call<string>((reply) => ({ type: String(index), reply })),
    );
    expect((await Promise.all(calls)).at(-1)).toBe("999");
    expect(clock.pendingTimers).toBe(0);
  });
});
