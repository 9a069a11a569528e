// The stream of events, cut anywhere, gives the same events.
import fc from "fast-check";
import { expect, test } from "vitest";
import { EventParser, type StreamEvent } from "../../web/src/api/event-parser.ts";

const stream = [
  "retry: 2000\n\n",
  'id: a-1\nevent: package_claimed\ndata: {"fileId":1}\n\n',
  ": heartbeat\n\n",
  "id: a-2\r\nevent: x\r\ndata: one\r\ndata: two\r\n\r\n",
  "data\n\n",
  "event: without data\n\n",
  "data:  spaced\n\n",
].join("");

const events: StreamEvent[] = [
  { type: "package_claimed", id: "a-1", data: '{"fileId":1}' },
  { type: "x", id: "a-2", data: "one\ntwo" },
  { type: "message", id: "a-2", data: "" },
  { type: "message", id: "a-2", data: " spaced" },
];

test("wherever it is cut", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 20 }), (cuts) => {
      const parser = new EventParser();
      const at = [0, ...cuts.sort((a, b) => a - b), stream.length];
      const found = at.slice(1).flatMap((end, n) => parser.push(stream.slice(at[n], end)));
      expect(found).toEqual(events);
    }),
  );
});
