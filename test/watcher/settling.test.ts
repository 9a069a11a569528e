// When a file counts as whole, at chosen times.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Fingerprint } from "../../src/folders/file-identity.ts";
import { type PackageName, packageName } from "../../src/folders/package-name.ts";
import { Settling } from "../../src/watcher/settling.ts";

const named = (text: string): PackageName => packageName(Buffer.from(text));
const name = named("x.json");
const file: Fingerprint = { dev: 1n, ino: 2n, sizeBytes: 3n, mtimeNs: 4n };
const settleMs = 300;

function settling({ capacity = 10, settle = settleMs } = {}): Settling {
  return new Settling(settle, capacity);
}

describe("a file is whole", () => {
  test("when two looks at least the settle time apart see the same", () => {
    const subject = settling();
    expect(subject.see({ name, fingerprint: file }, 1_000)).toBe(false);
    expect(subject.nextDueMs()).toBe(1_300);
    expect(subject.isDue(name, 1_299.9)).toBe(false);
    expect(subject.see({ name, fingerprint: file }, 1_299.9)).toBe(false);
    expect(subject.isDue(name, 1_300)).toBe(true);
    expect(subject.due(1_300, 9)).toEqual([name]);
    expect(subject.see({ name, fingerprint: file }, 1_300)).toBe(true);
  });

  test.each<[string, Partial<Fingerprint>]>([
    ["size", { sizeBytes: 9n }],
    ["mtime, by a nanosecond", { mtimeNs: 5n }],
    ["inode", { ino: 9n }],
    ["device", { dev: 9n }],
  ])("and not before, if its %s changed: the time begins anew", (_, change) => {
    const subject = settling();
    const changed = { name, fingerprint: { ...file, ...change } };
    subject.see({ name, fingerprint: file }, 0);
    expect(subject.see(changed, 5_000)).toBe(false);
    expect(subject.nextDueMs()).toBe(5_300);
    expect(subject.see(changed, 5_300)).toBe(true);
  });

  test("at once with a settle time of 0", () => {
    expect(settling({ settle: 0 }).see({ name, fingerprint: file }, 7)).toBe(true);
  });

  test("whatever the order of looks and changes: never sooner than the settle time after the last change", () => {
    const look = fc.record({ afterMs: fc.nat(400), changes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(look, { maxLength: 50 }), (looks) => {
        const subject = settling();
        let [nowMs, changedMs, sizeBytes] = [0, 0, 0n];
        for (const { afterMs, changes } of looks) {
          nowMs += afterMs;
          if (changes || sizeBytes === 0n) [sizeBytes, changedMs] = [sizeBytes + 1n, nowMs];
          const isWhole = subject.see({ name, fingerprint: { ...file, sizeBytes } }, nowMs);
          expect(isWhole).toBe(nowMs - changedMs >= settleMs);
        }
      }),
    );
  });
});

describe("an offered file", () => {
  function offered(): Settling {
    const subject = settling({ settle: 0 });
    subject.see({ name, fingerprint: file }, 0);
    return subject;
  }

  test("is not looked at, and so not offered again, until its outcome is told", () => {
    const subject = offered();
    expect(subject.isDue(name, 1e9)).toBe(false);
    expect(subject.due(1e9, 9)).toEqual([]);
    expect(subject.nextDueMs()).toBeUndefined();
    subject.forget(name);
    expect(subject.isDue(name, 0)).toBe(true);
    expect(subject.size).toBe(0);
  });

  test("that changed meanwhile and could not be taken settles anew, without its failures", () => {
    const subject = settling();
    subject.see({ name, fingerprint: file }, 0);
    expect(subject.see({ name, fingerprint: file }, 300)).toBe(true);
    subject.backOff(name, 300);
    expect(subject.failuresOf(name)).toBe(1);
    expect(subject.see({ name, fingerprint: { ...file, sizeBytes: 9n } }, 2_000)).toBe(false);
    expect(subject.failuresOf(name)).toBe(0);
    expect(subject.nextDueMs()).toBe(2_300);
  });
});

describe("a file that cannot be taken", () => {
  test("is offered again after 1 s, 2 s, 4 s and so on, at most a minute", () => {
    const subject = settling();
    let nowMs = 0;
    subject.see({ name, fingerprint: file }, nowMs);
    nowMs += settleMs;
    const waits: number[] = [];
    for (let failure = 1; failure <= 40; failure++) {
      expect(subject.see({ name, fingerprint: file }, nowMs)).toBe(true);
      subject.backOff(name, nowMs);
      expect(subject.failuresOf(name)).toBe(failure);
      const dueMs = subject.nextDueMs() ?? Number.NaN;
      waits.push(dueMs - nowMs);
      expect(subject.isDue(name, dueMs - 1)).toBe(false);
      nowMs = dueMs;
    }
    expect(waits.slice(0, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(Math.max(...waits)).toBe(60_000);
  });

  test("takes no room from others, and only so many are remembered", () => {
    const subject = settling({ capacity: 2, settle: 0 });
    for (const text of ["a", "b", "c"]) {
      expect(subject.isDue(named(text), 0)).toBe(true);
      subject.see({ name: named(text), fingerprint: file }, 0);
      subject.backOff(named(text), 0);
    }
    expect(subject.isFull).toBe(false);
    expect(subject.failuresOf(named("a"))).toBe(0); // Forgotten: a later scan finds it.
    expect(subject.due(1e9, 9).map(({ text }) => text)).toEqual(["b", "c"]);
  });

  test("of which nothing is known is no trouble", () => {
    const subject = settling();
    subject.backOff(name, 0);
    expect(subject.nextDueMs()).toBeUndefined();
  });
});

describe("a full page", () => {
  test("takes no further file until one leaves, and asks for those it has", () => {
    const subject = settling({ capacity: 2 });
    for (const text of ["a", "b"]) subject.see({ name: named(text), fingerprint: file }, 0);
    expect(subject.isFull).toBe(true);
    expect(subject.isDue(named("c"), 1e9)).toBe(false);
    expect(subject.isDue(named("a"), settleMs)).toBe(true);
    subject.forget(named("a"));
    expect(subject.isDue(named("c"), 0)).toBe(true);
  });

  test("gives at most so many names as are asked for", () => {
    const subject = settling({ capacity: 100 });
    for (let at = 0; at < 50; at++) {
      subject.see({ name: named(`${at}`), fingerprint: file }, 0);
    }
    expect(subject.due(1e9, 7)).toHaveLength(7);
  });
});

test("names that differ in one byte are told apart, also where they look the same", () => {
  const subject = settling({ settle: 0 });
  const [first, second] = [packageName(Buffer.from([0xff])), packageName(Buffer.from([0xfe]))];
  subject.see({ name: first, fingerprint: file }, 0);
  expect(subject.isDue(second, 0)).toBe(true);
  expect(subject.isDue(named("%FF"), 0)).toBe(true);
  expect(subject.isDue(first, 0)).toBe(false);
});
