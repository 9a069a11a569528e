// Every route of the HTTP API, asked of a running daemon by a client that knows the description alone.
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { version } from "../../src/api/version.ts";
import { ApiClient } from "../support/api-client.ts";
import {
  type ApiStation,
  type LoadedPackages,
  loadPackages,
  openApiStation,
} from "./api-station.ts";

let station: ApiStation;
let client: ApiClient;
let ids: LoadedPackages;

beforeAll(async () => {
  station = await openApiStation();
  ids = await loadPackages(station);
  client = await ApiClient.of(station.http);
});
afterAll(() => station.close());

describe("the description", () => {
  test("is valid OpenAPI 3.1", async () => {
    const { valid, errors } = await new Validator().validate(client.document);
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(client.document["openapi"]).toMatch(/^3\.1\./);
  });

  test("names every route", () => {
    expect(client.operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      "get /api/v1/events",
      "get /api/v1/files",
      "get /api/v1/files/{id}",
      "get /api/v1/files/{id}/rejects",
      "get /api/v1/files/{id}/telemetry",
      "get /api/v1/satellites",
      "get /api/v1/settings",
      "get /api/v1/status",
      "get /api/v1/telemetry",
      "get /api/v1/tree",
      "get /healthz",
      "get /readyz",
      "post /api/v1/files/{id}/retry",
      "post /api/v1/packages",
      "put /api/v1/settings",
    ]);
  });

  test("says of every route that it may be answered by a problem", () => {
    for (const { operationId, responses } of client.operations) {
      expect([operationId, ...Object.keys(responses)]).toEqual(
        expect.arrayContaining([operationId, "4XX", "5XX"]),
      );
    }
  });

  test("has no schema that nothing refers to, and every reference leads to one", () => {
    const text = JSON.stringify(client.document);
    const referred = new Set(
      [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name),
    );
    const { components } = client.document as { components: { schemas: object } };
    expect(Object.keys(components.schemas).sort()).toEqual([...referred].sort());
  });
});

describe("what is going on", () => {
  test("status: parts, database, throttle, the totals of the day", async () => {
    const { status, body } = await client.call("status");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      version,
      ready: true,
      database: { state: "ready", error: null },
      work: [],
      today: {
        packages: { processing: 0, complete: 2, failed: 1, duplicate: 1 },
        totalLines: 300,
        importedLines: 290,
        errors: 10,
      },
    });
    const { body: tree } = await client.call("tree");
    const idsOf = (parts: readonly { id: string }[]) => parts.map(({ id }) => id);
    expect(idsOf(body.parts)).toEqual(idsOf(tree.root.children));
    expect(idsOf(body.parts)).toContain("file-system-watcher");
    expect(body.parts.every(({ state }: { state: string }) => state === "running")).toBe(true);
    expect(body.database.url).not.toContain("password");
  });

  test("tree: the root and all below it", async () => {
    const { body } = await client.call("tree");
    expect(body.root).toMatchObject({ id: "telemetry", state: "running", restarts: 0 });
    const outside = body.root.children.find(({ id }: { id: string }) => id === "outside");
    expect(outside.children).toMatchObject([{ id: "http", state: "running" }]);
  });

  test("health and readiness", async () => {
    expect(await client.call("health")).toMatchObject({ status: 200, body: { alive: true } });
    expect(await client.call("readiness")).toEqual({
      status: 200,
      body: { ready: true, reasons: [] },
    });
  });

  test("metrics, for a scrape", async () => {
    const response = await fetch(`${station.http}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/plain");
    expect(await response.text()).toContain("# HELP downlink_");
  });
});

describe("packages", () => {
  test("files: the newest first, page by page", async () => {
    const first = await client.call("files", { query: { limit: 3 } });
    expect(first.body.files.map(({ id }: { id: number }) => id)).toEqual([
      ids.duplicate,
      ids.failed,
      ids.withRejects,
    ]);
    const second = await client.call("files", { query: { limit: 3, after: first.body.next } });
    expect(second.body).toMatchObject({ files: [{ id: ids.whole }], next: null });
  });

  test.each([
    ["status", "failed", ["failed.ndjson"]],
    ["satelliteType", "jackal_mk2", ["rejects.ndjson"]],
    ["name", "WHOLE", ["whole.ndjson"]],
    ["until", "2020-01-01T00:00:00Z", []],
  ])("files: by %s", async (name, value, expected) => {
    const { body } = await client.call("files", { query: { [name]: value } });
    expect(body.files.map((file: { name: string }) => file.name)).toEqual(expected);
  });

  test("a file: its story from the first sight to where it lies now", async () => {
    const whole = await client.call("file", { params: { id: ids.whole } });
    expect(whole.body).toMatchObject({
      status: "complete",
      header: { satellite_type: "jackal_mk1", seed: 1 },
      importedLines: 200,
      duplicates: [ids.duplicate],
      place: null,
    });
    const failed = await client.call("file", { params: { id: ids.failed } });
    const path = `${station.dir}/files/failed/${ids.failed}-failed.ndjson`;
    expect(failed.body).toMatchObject({ status: "failed", place: { folder: "failed", path } });
    const rejects = await client.call("file", { params: { id: ids.withRejects } });
    expect(rejects.body.rejectsByReason).toEqual([{ reason: "out_of_range", count: 10 }]);
  });

  test("rejects: which line, why, and its bytes", async () => {
    const { body } = await client.call("rejects", {
      params: { id: ids.withRejects },
      query: { limit: 2, rawBytes: 6 },
    });
    expect(body).toMatchObject({
      fileId: ids.withRejects,
      rejects: [{ line: 11, reason: "out_of_range", detail: "lat", text: '{"ts":' }, { line: 21 }],
      next: 21,
    });
    expect(Buffer.from(body.rejects[0].raw, "base64").toString()).toBe('{"ts":');
  });

  test("a package that is not there is a problem with a code", async () => {
    for (const operation of ["file", "rejects", "fileTelemetry", "retry"]) {
      const { status, body } = await client.call(operation, { params: { id: 4_711 } });
      expect([operation, status, body.code]).toEqual([operation, 404, "no_such_package"]);
    }
  });

  test("retry: a failed package lies in the inbox again; a complete one is left alone", async () => {
    const refused = await client.call("retry", { params: { id: ids.whole } });
    expect(refused).toMatchObject({ status: 409, body: { code: "not_failed" } });
    const sent = await client.call("retry", { params: { id: ids.failed } });
    const path = `${station.dir}/files/ingest/failed.ndjson`;
    expect(sent).toMatchObject({ status: 202, body: { fileId: ids.failed, path } });
    await station.daemon.until("its second end", async () => {
      return station.daemon.log.filter(({ msg }) => msg === "package failed").length === 2;
    });
  });
});

describe("readings", () => {
  test("of a package, as points and page by page", async () => {
    const params = { id: ids.whole };
    const first = await client.call("fileTelemetry", { params, query: { limit: 150 } });
    expect(first.body).toMatchObject({ kind: "points", next: "151" });
    const second = await client.call("fileTelemetry", {
      params,
      query: { after: first.body.next },
    });
    expect(second.body.points).toHaveLength(50);
    expect(second.body.next).toBeNull();
  });

  test("of a package, as buckets with the states of its instruments", async () => {
    const { body } = await client.call("fileTelemetry", {
      params: { id: ids.whole },
      query: { buckets: 10 },
    });
    expect(body.kind).toBe("buckets");
    expect(body.buckets).toHaveLength(10);
    expect(body.changes.length).toBeGreaterThan(1);
  });

  test("of a package without any, as no buckets", async () => {
    const { body } = await client.call("fileTelemetry", {
      params: { id: ids.failed },
      query: { buckets: 10 },
    });
    expect(body).toMatchObject({ from: null, buckets: [], changes: [] });
  });

  test("of a satellite type, in the order of time, the last day without a beginning", async () => {
    const query = { satelliteType: "jackal_mk2", limit: 60 };
    const first = await client.call("telemetry", { query });
    expect(first.body.points).toHaveLength(60);
    const second = await client.call("telemetry", { query: { ...query, after: first.body.next } });
    expect(second.body.points).toHaveLength(30);
    const none = await client.call("telemetry", {
      query: { ...query, since: "2100-01-01T00:00:00Z" },
    });
    expect(none.body.points).toEqual([]);
    const buckets = await client.call("telemetry", { query: { ...query, buckets: 5 } });
    expect(buckets.body.buckets).toHaveLength(5);
  });

  test("satellites: counts, coverage and the latest reading, of all known types", async () => {
    const { body } = await client.call("satellites", { query: { buckets: 4 } });
    expect(body.satellites).toMatchObject([
      {
        satelliteType: "jackal_mk1",
        packages: 2,
        importedLines: 200,
        latest: { fileId: ids.whole },
      },
      { satelliteType: "jackal_mk2", packages: 1, importedLines: 90, errors: 10 },
    ]);
    expect(body.satellites[0].coverage.buckets).toHaveLength(4);
  });
});

describe("settings", () => {
  test("are changed all or not at all, and go back to what the environment says", async () => {
    const before = await client.call("settings");
    expect(before.body.settings).toContainEqual(
      expect.objectContaining({ name: "batch_rows", value: "50000", isSet: false }),
    );
    const wrong = { values: { batch_rows: "7000", pause_ms: "much" } };
    const refused = await client.call("changeSettings", { body: wrong });
    expect(refused).toMatchObject({ status: 400, body: { code: "invalid_setting" } });
    expect((await client.call("settings")).body).toEqual(before.body);

    const right = { values: { batch_rows: "7000", pause_ms: "5" }, note: "a test" };
    const changed = await client.call("changeSettings", { body: right });
    expect(changed.body.settings).toContainEqual(
      expect.objectContaining({ name: "batch_rows", value: "7000", isSet: true, note: "a test" }),
    );
    await station.daemon.logged("settings changed");
    const back = { values: { batch_rows: null, pause_ms: null } };
    expect((await client.call("changeSettings", { body: back })).body).toEqual(before.body);
  });
});

describe("pages", () => {
  test("the dashboard may ask nobody else, and is not guessed to be anything else", async () => {
    const response = await fetch(`${station.http}/`);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("content-security-policy")).toMatch(/default-src 'none'/);
    expect(response.headers.get("content-security-policy")).not.toMatch(/unsafe|https?:/);
  });

  test("that a file which its content names is missing is not kept, as the file would be", async () => {
    const response = await fetch(`${station.http}/assets/index-abcdefgh.js`);
    expect([response.status, response.headers.get("cache-control")]).toEqual([404, "no-store"]);
  });

  test("the documentation is whole, and every file of it is here", async () => {
    const page = await fetch(`${station.http}/docs/`);
    const html = await page.text();
    expect(page.headers.get("content-security-policy")).not.toMatch(/https?:/);
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    const links = [...html.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map(([, link]) => link ?? "");
    expect(links.length).toBeGreaterThan(4);
    for (const link of links) {
      expect((await fetch(new URL(link, `${station.http}/docs/`))).status).toBe(200);
    }
  });
});

describe("what is not there", () => {
  test.each([
    ["GET", "/api/v1/nothing", 404, "not_found"],
    ["GET", "/nothing.html", 404, "not_found"],
    ["GET", "/..%2f..%2fpackage.json", 400, "invalid_request"],
    ["POST", "/api/v1/status", 405, "method_not_allowed"],
    ["GET", "/api/v1/packages?name=x", 405, "method_not_allowed"],
    ["GET", "/api/v1/files/1/retry", 405, "method_not_allowed"],
    ["DELETE", "/", 404, "not_found"],
    ["GET", "/api/v1/files?limit=0", 400, "invalid_request"],
    ["GET", "/api/v1/files?limt=5", 400, "invalid_request"],
    ["GET", "/api/v1/files?name=%00", 400, "invalid_request"],
    ["GET", "/api/v1/files/x", 400, "invalid_request"],
    ["GET", "/api/v1/files?since=2024-02-30T00:00:00Z", 400, "invalid_request"],
  ])("%s %s is %i %s", async (method, path, status, code) => {
    const response = await fetch(station.http + path, { method });
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    expect(await response.json()).toMatchObject({
      status,
      code,
      type: `urn:downlink:problem:${code}`,
    });
    expect(response.status).toBe(status);
  });
});
