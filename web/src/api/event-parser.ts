// The text of a server-sent event stream, cut into events (HTML standard, section 9.2.6). EventSource would do it, but
// can send no Authorization header.

export interface StreamEvent {
  readonly type: string;
  readonly id: string;
  readonly data: string;
}

export class EventParser {
  #rest = "";
  #type = "";
  #id = "";
  #data: string[] = [];

  /** @returns the events that this piece of the stream has completed */
  push(piece: string): StreamEvent[] {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    const events: StreamEvent[] = [];
    for (const line of lines) {
      const event = this.#readLine(line);
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  #readLine(line: string): StreamEvent | undefined {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return undefined; // A comment: the heartbeat.
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#type = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    return undefined;
  }

  #dispatch(): StreamEvent | undefined {
    const data = this.#data.join("\n");
    const isEmpty = this.#data.length === 0;
    const type = this.#type === "" ? "message" : this.#type;
    this.#type = "";
    this.#data = [];
    return isEmpty ? undefined : { type, id: this.#id, data };
  }
}
