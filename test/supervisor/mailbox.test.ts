// R11, the queue itself: bounded, in order, and nobody waits on when it is closed.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Mailbox } from "../../src/supervisor/mailbox.ts";
import { reactions } from "../support/manual-clock.ts";

const numbered = (n: number) => ({ n });

test.each([0, -1, 1.5, Number.NaN])("a capacity of %s is refused", (capacity) => {
  expect(() => new Mailbox(capacity)).toThrow(RangeError);
});

test("full makes the sender wait until one is taken", async () => {
  const mailbox = new Mailbox<{ n: number }>(1);
  expect(await mailbox.put(numbered(1))).toBe(true);
  let inside = false;
  const second = mailbox.put(numbered(2)).then((delivered) => {
    inside = delivered;
  });
  await reactions();
  expect(inside).toBe(false);
  expect(await mailbox.take()).toEqual({ n: 1 });
  await second;
  expect(inside).toBe(true);
});

test("whoever waits is not overtaken", async () => {
  const mailbox = new Mailbox<{ n: number }>(1);
  for (let n = 0; n < 4; n += 1) void mailbox.put(numbered(n));
  const taken: unknown[] = [await mailbox.take()];
  void mailbox.put(numbered(4));
  for (let n = 1; n < 5; n += 1) taken.push(await mailbox.take());
  expect(taken).toEqual([0, 1, 2, 3, 4].map(numbered));
});

test("a wait ends with its signal: the message is not sent, and no listener is left", async () => {
  const mailbox = new Mailbox<{ n: number }>(1);
  await mailbox.put(numbered(1));
  const asked = new AbortController();
  const given = expect(mailbox.put(numbered(2), asked.signal)).rejects.toThrow("enough");
  asked.abort(new Error("enough"));
  await given;
  await expect(mailbox.put(numbered(3), asked.signal)).rejects.toThrow("enough");
  mailbox.close("drain");
  expect(await mailbox.take()).toEqual({ n: 1 });
  expect(await mailbox.take()).toBeUndefined();
});

test("a sender that got in leaves nothing on its signal", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const counted = Object.assign(signal, {
    addEventListener: () => {
      listeners += 1;
    },
    removeEventListener: () => {
      listeners -= 1;
    },
  });
  const mailbox = new Mailbox<{ n: number }>(1);
  for (let n = 0; n < 1_000; n += 1) {
    const first = mailbox.put(numbered(n), counted);
    const second = mailbox.put(numbered(n), counted);
    await mailbox.take();
    await mailbox.take();
    expect(await Promise.all([first, second])).toEqual([true, true]);
  }
  expect(listeners).toBe(0);
});

test.each([
  ["drain", [{ n: 1 }, undefined]],
  ["drop", [undefined, undefined]],
] as const)(
  "closed with %s: what is inside becomes %j, who waits is refused",
  async (then, left) => {
    const mailbox = new Mailbox<{ n: number }>(1);
    await mailbox.put(numbered(1));
    const waiting = mailbox.put(numbered(2));
    mailbox.close(then);
    expect(await waiting).toBe(false);
    expect(await mailbox.put(numbered(3))).toBe(false);
    expect(mailbox.push(numbered(3))).toBe(false);
    expect([await mailbox.take(), await mailbox.take()]).toEqual(left);
  },
);

test("a receiver that waits is told when it is closed", async () => {
  const mailbox = new Mailbox<{ n: number }>(1);
  const taken = mailbox.take();
  mailbox.close("drain");
  expect(await taken).toBeUndefined();
});

test("push goes in also if it is full, in its order; the bound then holds again", async () => {
  const mailbox = new Mailbox<{ n: number }>(1);
  await mailbox.put(numbered(1));
  expect(mailbox.push(numbered(2))).toBe(true);
  let inside = false;
  void mailbox.put(numbered(3)).then(() => {
    inside = true;
  });
  expect(await mailbox.take()).toEqual({ n: 1 });
  await reactions();
  expect(inside).toBe(false);
  expect(await mailbox.take()).toEqual({ n: 2 });
  await reactions();
  expect(inside).toBe(true);
});

test("any interleaving of senders and receiver keeps order, loses nothing, and holds the bound", async () => {
  const steps = fc.array(fc.constantFrom("put", "take"), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), steps, async (capacity, sequence) => {
      const mailbox = new Mailbox<{ n: number }>(capacity);
      const taken: unknown[] = [];
      let [sent, delivered] = [0, 0];
      for (const step of sequence) {
        if (step === "take" && taken.length < sent) taken.push(await mailbox.take());
        if (step === "put") {
          void mailbox.put(numbered(sent)).then(() => {
            delivered += 1;
          });
          sent += 1;
        }
        await reactions();
        expect(delivered).toBe(Math.min(sent, taken.length + capacity));
      }
      expect(taken).toEqual(taken.map((_, n) => numbered(n)));
    }),
    { numRuns: 100 },
  );
});
