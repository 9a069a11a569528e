// The bus of events: who is told, when, and what a listener that fails does to the others.
import { expect, test } from "vitest";
import { type DaemonEvent, Events, type Happening } from "../../src/observability/events.ts";
import { logLines } from "./log-lines.ts";

const ready: Happening = { kind: "database_changed", state: "ready" };

test("a listener is told at once, with the time", () => {
  const events = new Events(logLines().log);
  const heard: DaemonEvent[] = [];
  events.subscribe((event) => heard.push(event));
  const beforeMs = Date.now();
  events.publish(ready);
  expect(heard).toEqual([{ ...ready, at: expect.any(Number) }]);
  expect(heard[0]?.at).toBeGreaterThanOrEqual(beforeMs);
});

test("who has ended its subscription hears nothing more, and may end it twice", () => {
  const events = new Events(logLines().log);
  const heard: string[] = [];
  const end = events.subscribe(() => heard.push("ended"));
  events.subscribe(() => heard.push("other"));
  end();
  end();
  events.publish(ready);
  expect(heard).toEqual(["other"]);
});

test("the same function may listen twice, and each subscription ends by itself", () => {
  const events = new Events(logLines().log);
  let calls = 0;
  const listener = (): void => void calls++;
  const end = events.subscribe(listener);
  events.subscribe(listener);
  events.publish(ready);
  end();
  events.publish(ready);
  expect(calls).toBe(3);
});

test("a listener that throws is told in the log, and neither the others nor the publisher notice", () => {
  const { log, said } = logLines();
  const events = new Events(log);
  const heard: string[] = [];
  events.subscribe(() => {
    throw new Error("no room");
  });
  events.subscribe(({ kind }) => heard.push(kind));
  events.publish(ready);
  expect(heard).toEqual(["database_changed"]);
  expect(said("a listener of events failed")).toMatchObject([
    { level: 50, event: "database_changed", err: { message: "no room" } },
  ]);
});

test("who subscribes or ends its subscription while an event is told changes nothing of that event", () => {
  const events = new Events(logLines().log);
  const heard: string[] = [];
  const end = events.subscribe(() => {
    heard.push("first");
    end();
    events.subscribe(() => heard.push("late"));
  });
  events.subscribe(() => heard.push("second"));
  events.publish(ready);
  expect(heard).toEqual(["first", "second"]);
  events.publish(ready);
  expect(heard).toEqual(["first", "second", "second", "late"]);
});
