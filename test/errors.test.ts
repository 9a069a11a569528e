// Errors are API: each class has a code of its own, and a name to be known by in a log.
import { expect, test } from "vitest";
import * as errors from "../src/errors.ts";

const { DownlinkError, ...classes } = errors;

function made(ErrorClass: (typeof classes)[keyof typeof classes]): errors.DownlinkError {
  const error: unknown = Reflect.construct(ErrorClass, ["what went wrong", {}]);
  if (error instanceof DownlinkError) return error;
  throw new TypeError(`${ErrorClass.name} is no DownlinkError`);
}

test.each(Object.entries(classes))("%s: code, name and text", (name, ErrorClass) => {
  const error = made(ErrorClass);
  const words = name.replace(/Error$/, "").replace(/[A-Z]/g, (letter) => `_${letter}`);
  expect(error).toBeInstanceOf(Error);
  expect(error.code).toBe(`E${words.toUpperCase()}`);
  expect(error.code).toMatch(/^E_[A-Z]+(_[A-Z]+)*$/);
  expect(error.name).toBe(name);
  expect(String(error)).toBe(`${name}: what went wrong`);
});

test("no code is used twice", () => {
  const codes = Object.values(classes).map((ErrorClass) => made(ErrorClass).code);
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.length).toBeGreaterThan(10);
});

test("a cause is kept", () => {
  const cause = new Error("the cause");
  expect(new errors.SetupError("cannot start", { cause }).cause).toBe(cause);
});
