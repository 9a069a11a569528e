// Whatever is sent to the API, it answers as its description says, and never with 500: requests are made from the
// description, right and wrong ones mixed.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient, type Call, type Operation } from "../support/api-client.ts";
import { type ApiStation, loadPackages, openApiStation } from "./api-station.ts";

let station: ApiStation;
let client: ApiClient;
beforeAll(async () => {
  station = await openApiStation();
  await loadPackages(station);
  client = await ApiClient.of(station.http);
});
afterAll(() => station.close());

/** Texts as people and attackers send them. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(
    "",
    "0",
    "-1",
    "1e9",
    "2147483648",
    "9007199254740992",
    "99999999999999999999",
    "NaN",
    "null",
    "'; DROP TABLE files; --",
    "%",
    "\\",
    "\0",
    "__proto__",
    "constructor",
    "../../etc/passwd",
    "2024-02-30T00:00:00Z",
    "0001-01-01T00:00:00+15:00",
    "9999-12-31T23:59:59.9999999-15:00",
    "2024-01-01,1,1",
    "x,1,1",
    "x".repeat(5_000),
  ),
);
const rightText = fc.constantFrom(
  "1",
  "2",
  "3",
  "50",
  "complete",
  "failed",
  "jackal_mk1",
  "out_of_range",
  "2020-01-01T00:00:00Z",
  "2030-01-01T00:00:00+02:00",
);
const value = fc.oneof({ arbitrary: rightText, weight: 2 }, { arbitrary: text, weight: 1 });

const settings = fc.record({
  values: fc.dictionary(
    fc.oneof(fc.constantFrom("rows_per_second", "adaptive", "pause_ms"), text),
    fc.oneof(value, fc.constant(null), fc.integer()),
    { maxKeys: 3 },
  ),
});
const anyBody = fc.oneof(settings, fc.jsonValue());

function callOf({ parameters, requestBody }: Operation): fc.Arbitrary<Call> {
  const named = (place: "path" | "query") => {
    const names = parameters.filter((one) => one.in === place).map(({ name }) => [name, value]);
    const isComplete = place === "path" ? {} : { requiredKeys: [] };
    return fc.record(Object.fromEntries(names), isComplete);
  };
  const body = requestBody === undefined ? fc.constant(undefined) : anyBody;
  return fc.record({ params: named("path"), query: named("query"), body });
}

test("every answer is one that the description has, and none is 500", async () => {
  // A stream has no end; an upload's bytes are tried by its own tests.
  const operations = client.operations.filter(({ operationId }) => {
    return operationId !== "events" && operationId !== "upload";
  });
  const request = fc
    .constantFrom(...operations)
    .chain((operation) => callOf(operation).map((call) => ({ operation, call })));
  await fc.assert(
    fc.asyncProperty(request, async ({ operation, call }) => {
      const { status } = await client.call(operation.operationId, call);
      expect(status).not.toBe(500);
    }),
    { numRuns: 500 },
  );
  const problems = station.daemon.log.filter(({ msg }) => msg === "a request failed");
  expect(problems).toEqual([]);
}, 120_000);

test("no name that is sent with a package brings the API down, and none leads out of the inbox", async () => {
  await fc.assert(
    fc.asyncProperty(text, async (name) => {
      const url = `${station.http}/api/v1/packages?name=${encodeURIComponent(name.toWellFormed())}`;
      const response = await fetch(url, { method: "POST", body: "no header\n" });
      expect([201, 400, 409]).toContain(response.status);
    }),
    { numRuns: 100 },
  );
}, 60_000);
