// Who is let in, and how much a client may take. Each refusal has its code, and tells nothing of what is there.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ApiClient } from "../support/api-client.ts";
import { type ApiStation, loadPackages, openApiStation } from "./api-station.ts";
import { ask, sendText } from "./raw-http.ts";

const token = "0123456789abcdef0123456789abcdef-right";
const authorization = `Bearer ${token}`;

let station: ApiStation;
let client: ApiClient;

beforeAll(async () => {
  station = await openApiStation({ env: { DOWNLINK_API_TOKEN: token } });
  await loadPackages(station);
  client = await ApiClient.of(station.http, { authorization });
});
afterAll(() => station.close());

/** What somebody who is not let in must not learn. */
function expectNothingTold(text: string): void {
  expect(text).not.toMatch(/ndjson|jackal|telemetry|postgres|\/tmp|importedLines/);
  expect(text).not.toContain(token);
}

describe("with a token", () => {
  const others = [
    ["none", {}],
    ["a wrong one", { authorization: `Bearer ${token.replace("right", "wrong")}` }],
    ["a part of it", { authorization: authorization.slice(0, -1) }],
    ["more than it", { authorization: `${authorization}x` }],
    ["an empty one", { authorization: "Bearer " }],
    ["another scheme", { authorization: `Basic ${token}` }],
  ] as const;

  test.each(others)("every route refuses %s", async (_, headers) => {
    const paths = client.operations.map(({ method, path }) => [method, path.replace("{id}", "1")]);
    paths.push(["get", "/metrics"], ["get", "/openapi.json"], ["get", "/docs/"], ["get", "/api/x"]);
    for (const [method = "", path = ""] of paths) {
      if (path === "/healthz" || path === "/readyz") continue;
      const answer = await ask(station.http + path, { method: method.toUpperCase(), headers });
      expect([path, answer.status]).toEqual([path, 401]);
      expect(JSON.parse(answer.text).code).toBe("token_required");
      expect(answer.headers["www-authenticate"]).toBe("Bearer");
      expectNothingTold(answer.text);
    }
  });

  test("the right one is let in", async () => {
    expect((await client.call("files")).status).toBe(200);
    expect((await client.call("status")).status).toBe(200);
  });

  test("health and the dashboard's own files need none, and tell nothing", async () => {
    for (const path of ["/healthz", "/readyz", "/"]) {
      const { status, text } = await ask(station.http + path);
      expect(status).not.toBe(401);
      expectNothingTold(text);
    }
  });

  test("it is in no answer and in no log", async () => {
    const { text } = await ask(`${station.http}/api/v1/status`, { headers: { authorization } });
    expect(text).not.toContain(token);
    expect(station.daemon.stdout + station.daemon.stderr).not.toContain(token);
  });
});

describe("a foreign name", () => {
  test.each(["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil"])(
    "as Host is refused: %j",
    async (host) => {
      const headers = { host, authorization };
      const { status, text } = await ask(`${station.http}/api/v1/files`, { headers });
      expect([status, JSON.parse(text).code]).toEqual([421, "foreign_host"]);
      expectNothingTold(text);
    },
  );

  test.each(["localhost:9000", "127.0.0.1", "[::1]:8080", "LOCALHOST"])(
    "our own is taken, with any port, since a tunnel may lead here: %s",
    async (host) => {
      const headers = { host, authorization };
      expect((await ask(`${station.http}/api/v1/files`, { headers })).status).toBe(200);
    },
  );

  test("is what no name is, too", async () => {
    const answer = await sendText(station.http, "GET / HTTP/1.0\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 421 .*foreign_host/s);
  });

  test("the refusal comes before any other, for the dashboard too", async () => {
    expect((await ask(`${station.http}/`, { headers: { host: "evil.example" } })).status).toBe(421);
  });
});

describe("a page of another origin", () => {
  const change = { method: "PUT", body: '{"values":{"pause_ms":"5"}}' };
  const headers = { authorization, "content-type": "application/json" };

  test.each([
    ["origin", "http://evil.example"],
    ["origin", "null"],
    ["origin", "http://localhost:1"],
    ["sec-fetch-site", "cross-site"],
    ["sec-fetch-site", "same-site"],
  ])("changes nothing: %s %s", async (name, value) => {
    const sent = { ...change, headers: { ...headers, [name]: value } };
    const { status, text } = await ask(`${station.http}/api/v1/settings`, sent);
    expect([status, JSON.parse(text).code]).toEqual([403, "foreign_origin"]);
    const { body } = await client.call("settings");
    expect(body.settings.every(({ isSet }: { isSet: boolean }) => !isSet)).toBe(true);
  });

  test("reads nothing, and no answer permits it to", async () => {
    const sent = { headers: { authorization, origin: "http://evil.example" } };
    const answer = await ask(`${station.http}/api/v1/files`, sent);
    expect(answer.status).toBe(403);
    expectNothingTold(answer.text);
    const own = await ask(`${station.http}/api/v1/files`, { headers: { authorization } });
    expect(own.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test.each(["cross-site", "same-site"])(
    "has no image or script of what is here, for which a browser sends no origin: %s",
    async (site) => {
      const asked = { authorization, "sec-fetch-site": site, "sec-fetch-mode": "no-cors" };
      for (const path of ["/api/v1/events", "/api/v1/tree", "/metrics", "/docs/", "/"]) {
        const { status, text } = await ask(station.http + path, { headers: asked });
        expect([path, status, JSON.parse(text).code]).toEqual([path, 403, "foreign_origin"]);
      }
    },
  );

  test("may lead to the pages by a link, and to nothing else", async () => {
    const link = { authorization, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    const answer = async (path: string) => {
      return (await ask(station.http + path, { headers: link })).status;
    };
    expect(await answer("/")).not.toBe(403); // The dashboard may not be built.
    expect(await answer("/docs/")).toBe(200);
    expect(await answer("/api/v1/events")).toBe(403);
    const typed = { authorization, "sec-fetch-site": "none", "sec-fetch-mode": "navigate" };
    expect((await ask(`${station.http}/api/v1/tree`, { headers: typed })).status).toBe(200);
  });

  test("of our own origin may ask", async () => {
    const own = { authorization, origin: station.http, "sec-fetch-site": "same-origin" };
    const { status } = await ask(`${station.http}/api/v1/files`, { headers: own });
    expect(status).toBe(200);
  });
});

describe("what is too much", () => {
  const host = "Host: localhost";
  const put = `PUT /api/v1/settings HTTP/1.1\r\n${host}\r\nAuthorization: ${authorization}\r\nContent-Type: application/json`;

  test("a header that is too large is refused with 431", async () => {
    const answer = await sendText(
      station.http,
      `GET / HTTP/1.1\r\n${host}\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain("header_too_large");
  });

  test("what is no HTTP is refused with 400", async () => {
    expect(await sendText(station.http, "nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("a body that is too large is refused with 413, whether it says so or not", async () => {
    const said = await sendText(station.http, `${put}\r\nContent-Length: 9000000\r\n\r\n{`);
    expect(said).toMatch(/^HTTP\/1\.1 413 /);
    const body = JSON.stringify({ values: {}, note: "x".repeat(1_100_000) });
    const headers = { authorization, "content-type": "application/json" };
    const whole = await ask(`${station.http}/api/v1/settings`, { method: "PUT", headers, body });
    expect([whole.status, JSON.parse(whole.text).code]).toEqual([413, "too_large"]);
  });

  test("a body of another kind is refused with 415", async () => {
    const headers = { authorization, "content-type": "text/plain" };
    const sent = { method: "PUT", headers, body: '{"values":{}}' };
    const { status, text } = await ask(`${station.http}/api/v1/settings`, sent);
    expect([status, JSON.parse(text).code]).toEqual([415, "unsupported_media_type"]);
  });

  test("a header and a body that do not come to their end are refused with 408", async () => {
    const [header, body] = await Promise.all([
      sendText(station.http, `GET / HTTP/1.1\r\n${host}\r\nX: `),
      sendText(station.http, `${put}\r\nContent-Length: 100\r\n\r\n{`),
    ]);
    expect(header).toMatch(/^HTTP\/1\.1 408 .*request_timeout/s);
    expect(body).toMatch(/^HTTP\/1\.1 408 .*request_timeout/s);
  }, 60_000);
});
