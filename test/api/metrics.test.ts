// /metrics as Prometheus asks for it: over HTTP, with the token where one is needed, and the figures of the database.
import { afterAll, beforeAll, expect, test } from "vitest";
import { parsePrometheus, sampleOf } from "../support/prometheus-text.ts";
import { type ApiStation, loadPackages, openApiStation } from "./api-station.ts";

const token = "0123456789abcdef0123456789abcdef";
const authorization = `Bearer ${token}`;

let station: ApiStation;

beforeAll(async () => {
  station = await openApiStation({ env: { DOWNLINK_API_TOKEN: token } });
  await loadPackages(station);
});

afterAll(() => station.close());

const scrape = (headers: Record<string, string>) =>
  fetch(`${station.http}/metrics`, { headers: { connection: "close", ...headers } });

test("a scrape is text in the format that a parser reads, and agrees with the tables", async () => {
  const answer = await scrape({ authorization });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const families = parsePrometheus(await answer.text());
  const [sums] = await station.check.query<{ imported: number; errors: number }>(
    "SELECT sum(imported_lines)::int AS imported, sum(errors)::int AS errors FROM files",
  );
  expect(sampleOf(families, "downlink_lines_imported_total")).toBe(sums?.imported);
  const reason = { reason: "out_of_range" };
  expect(sampleOf(families, "downlink_lines_rejected_total", reason)).toBe(sums?.errors);
  const outcomes = Object.entries({ complete: 2, failed: 1, duplicate: 1 });
  for (const [outcome, count] of outcomes) {
    expect(sampleOf(families, "downlink_packages_total", { outcome }), outcome).toBe(count);
  }
});

test("where there is a token, a scrape without it is refused and tells nothing", async () => {
  for (const headers of [{}, { authorization: "Bearer another" }]) {
    const answer = await scrape(headers);
    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toContain("downlink_");
  }
});

test("twenty scrapes at a time are all answered", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => scrape({ authorization })));
  const counts = await Promise.all(
    answers.map(async (answer) => parsePrometheus(await answer.text()).size),
  );
  expect(new Set(counts).size).toBe(1);
});
