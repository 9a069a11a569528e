// How fast a counter has moved lately.
import { expect, test } from "vitest";
import { Speed } from "../../../src/api/live/speed.ts";

test("is the change over the time that it was looked at", () => {
  const speed = new Speed();
  speed.note(0, 0);
  expect(speed.perSecond(0)).toBe(0);
  speed.note(500, 1_000);
  expect(speed.perSecond(1_000)).toBe(500);
});

test("falls while nothing moves, and forgets what is long ago", () => {
  const speed = new Speed();
  speed.note(0, 0);
  speed.note(10_000, 1_000);
  expect(speed.perSecond(2_000)).toBe(5_000);
  for (let ms = 2_000; ms <= 60_000; ms += 500) speed.note(10_000, ms);
  expect(speed.perSecond(60_000)).toBe(0);
});

test("is none as soon as nothing was noted for as long as is looked back", () => {
  const speed = new Speed();
  for (let ms = 0; ms <= 60_000; ms += 1_000) speed.note(ms * 5, ms);
  expect(speed.perSecond(60_000)).toBeCloseTo(5_000);
  expect(speed.perSecond(65_000)).toBeLessThan(3_500);
  expect(speed.perSecond(70_000)).toBe(0);
});

test("takes many notes in little room, and loses none of the change", () => {
  const speed = new Speed();
  for (let ms = 0; ms <= 8_000; ms++) speed.note(ms, ms);
  expect(speed.perSecond(8_000)).toBeCloseTo(1_000, 5);
});
