// The schemas say a few things once more that are written down elsewhere, since they import nothing of ours: here they
// are held against that.
import { expect, test } from "vitest";
import { fileStatus } from "../../src/api/schemas/files.ts";
import { problems } from "../../src/api/schemas/problem.ts";
import { databaseState } from "../../src/api/schemas/status.ts";
import type { Database } from "../../src/database/database.ts";
import { fileStatuses } from "../../src/database/schema.ts";

test("a package's status is one of those that the table takes", () => {
  expect(fileStatus.options).toEqual([...fileStatuses]);
});

test("the database's state is one of those that it can be in", () => {
  const states: readonly Database["state"]["kind"][] = databaseState.options;
  expect(states).toHaveLength(5);
});

test("every problem has an HTTP status of a failure, and a title", () => {
  for (const [code, [status, title]] of Object.entries(problems)) {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect([status >= 400 && status < 600, title.length > 5]).toEqual([true, true]);
  }
});
