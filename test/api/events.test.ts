// The stream of events as a reader gets it: from a daemon that loads a package, and from a server of its own where time
// and slowness are chosen.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../../src/api/app.ts";
import type { Api } from "../../src/api/context.ts";
import type { Events } from "../../src/observability/events.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { until } from "../support/until.ts";
import { apiContext } from "./api-context.ts";
import { type ApiStation, openApiStation } from "./api-station.ts";
import { open } from "./raw-http.ts";

interface Received {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads a stream of events as a browser does. */
class Reader {
  readonly received: Received[] = [];
  text = "";
  readonly #cut = new AbortController();

  async open(url: string, lastId?: string): Promise<Response> {
    const headers = lastId === undefined ? {} : { "last-event-id": lastId };
    const response = await fetch(`${url}/api/v1/events`, { headers, signal: this.#cut.signal });
    void this.#read(response.body).catch(() => {});
    return response;
  }

  close(): void {
    this.#cut.abort();
  }

  async #read(body: ReadableStream<Uint8Array> | null): Promise<void> {
    if (body === null) return;
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of body) {
      const text = decoder.decode(chunk, { stream: true });
      this.text += text;
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) this.#take(block);
    }
  }

  #take(block: string): void {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
    const [id, event, data] = [field("id"), field("event"), field("data")];
    if (id === undefined || event === undefined || data === undefined) return;
    this.received.push({ id, event, data: JSON.parse(data) });
  }
}

const readers: Reader[] = [];
afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
});

async function read(url: string, lastId?: string): Promise<Reader> {
  const reader = new Reader();
  readers.push(reader);
  const response = await reader.open(url, lastId);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  expect(response.headers.get("cache-control")).toBe("no-store");
  return reader;
}

describe("of a daemon", () => {
  let station: ApiStation;
  beforeAll(async () => {
    station = await openApiStation({ env: { DOWNLINK_BATCH_ROWS: "100" } });
  });
  afterAll(() => station.close());

  test("tells a package from its claim to its end, and again to whoever missed it", async () => {
    const reader = await read(station.http);
    await drop(
      station.dir,
      "told.ndjson",
      samplePackage({ lines: 500, badEvery: 50, seed: 1 }).bytes,
    );
    await until("the end", () => reader.received.some(({ event }) => event === "package_complete"));
    const told = reader.received.filter(({ data }) => data["name"] === "told.ndjson");
    const kinds = told.map(({ event }) => event);
    expect(kinds[0]).toBe("package_claimed");
    expect(kinds).toContain("package_progress");
    expect(told.at(-1)).toMatchObject({
      event: "package_complete",
      data: { importedLines: 490, errors: 10, satelliteType: "jackal_mk1" },
    });
    const rejects = told.filter(({ event }) => event === "lines_rejected");
    const sum = rejects.reduce((soFar, { data }) => soFar + Number(data["count"]), 0);
    expect(sum).toBe(10);

    const [first] = reader.received;
    const again = await read(station.http, first?.id);
    await until("all that was missed", () => again.received.length === reader.received.length - 1);
    expect(again.received).toEqual(reader.received.slice(1));
  });

  test("tells a reader from another life that it has to ask for the whole state", async () => {
    const reader = await read(station.http, "0000-5");
    await until("the reset", () => reader.received.length > 0);
    expect(reader.received[0]).toMatchObject({ event: "reset" });
  });
});

describe("of a server", () => {
  let app: Api;
  let events: Events;
  let url: string;

  beforeAll(async () => {
    const context = apiContext({ heartbeatMs: 20 });
    events = context.events;
    app = await createApp(context);
    url = await app.listen({ host: "127.0.0.1", port: 0 });
  });
  afterAll(() => app.close());

  test("gives a sign of life while nothing happens", async () => {
    const reader = await read(url);
    await until("two heartbeats", () => reader.text.split(": heartbeat\n\n").length > 2);
    expect(reader.received).toEqual([]);
  });

  test("tells a reader that has missed too much to write at once to ask for the whole state, and goes on", async () => {
    const happen = (reason: string) =>
      events.publish({ kind: "component_restarted", component: "intake", reason });
    const reader = await read(url);
    happen("seen");
    const seen = await until("the first", () => reader.received[0]);
    for (let n = 0; n < 200; n++) happen("x".repeat(10_000));
    const again = await read(url, seen.id);
    happen("after");
    await until("what came after", () => again.received.length === 2);
    expect(again.received.map(({ event }) => event)).toEqual(["reset", "component_restarted"]);
    expect(again.received[1]?.data).toMatchObject({ reason: "after" });
  });

  test("cuts off a reader that does not read, and keeps nothing for it", async () => {
    const socket = await open(url);
    socket.on("error", () => {});
    socket.write("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const other = await read(url);
    let isCut = false;
    socket.on("close", () => {
      isCut = true;
    });
    socket.pause();
    const reason = "x".repeat(50_000);
    const before = process.memoryUsage().arrayBuffers;
    for (let n = 0; n < 400; n++) {
      events.publish({ kind: "component_restarted", component: "intake", reason });
      await new Promise((resolve) => setTimeout(resolve, 0)); // The other reader reads.
    }
    socket.resume();
    await until("the cut", () => isCut);
    await until("all events", () => other.received.length === 400);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 2 ** 20);
  });
});
