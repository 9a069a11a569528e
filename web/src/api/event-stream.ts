// The one open stream of events, kept open: lost, it is opened again with growing pauses, from the last event seen. A
// stream that is silent longer than the server's heartbeat allows is lost too, since a dead way says nothing.
import { signal } from "@preact/signals";
import { EventParser, type StreamEvent } from "./event-parser.ts";
import { apiUrl } from "./request.ts";
import { authorisation, isTokenWanted } from "./token.ts";

/** `refused`: a token is wanted, and nothing is tried until one is given. */
export type Connection = "connecting" | "open" | "lost" | "refused";

export const connection = signal<Connection>("connecting");

export interface StreamListener {
  /** The stream is open, for the first time or again: what was missed must be asked for. */
  opened(): void;
  event(event: StreamEvent): void;
}

const firstPauseMs = 500;
const longestPauseMs = 5_000;
/** The server's heartbeat comes every 15 s. */
const longestSilenceMs = 40_000;

/** Runs until the page is left. */
export async function keepStreamOpen(listener: StreamListener): Promise<never> {
  let lastId = "";
  let pauseMs = firstPauseMs;
  for (;;) {
    const outcome = await readStream(lastId, {
      opened() {
        pauseMs = firstPauseMs;
        connection.value = "open";
        listener.opened();
      },
      event(event) {
        if (event.id !== "") lastId = event.id;
        listener.event(event);
      },
    });
    connection.value = outcome;
    if (outcome === "refused") await tokenGiven();
    else await pause(pauseMs);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

async function readStream(
  lastId: string,
  listener: StreamListener,
): Promise<Exclude<Connection, "open" | "connecting">> {
  const abort = new AbortController();
  const silence = new Silence(() => abort.abort());
  try {
    const resume: Record<string, string> = lastId === "" ? {} : { "last-event-id": lastId };
    const headers = { accept: "text/event-stream", ...resume, ...authorisation() };
    const response = await fetch(apiUrl("events"), {
      headers,
      signal: abort.signal,
      cache: "no-store",
    });
    if (response.status === 401) {
      isTokenWanted.value = true;
      return "refused";
    }
    if (!response.ok || response.body === null) return "lost";
    listener.opened();
    await readBody(response.body, listener, silence);
  } catch {
    // Lost is lost, however it was; it is said by what is returned.
  } finally {
    silence.end();
  }
  return "lost";
}

async function readBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  listener: StreamListener,
  silence: Silence,
): Promise<void> {
  const parser = new EventParser();
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    silence.broken();
    for (const event of parser.push(value)) listener.event(event);
  }
}

/** Calls once, when nothing was heard for too long. */
class Silence {
  readonly #tooLong: () => void;
  #timer: ReturnType<typeof setTimeout>;

  constructor(tooLong: () => void) {
    this.#tooLong = tooLong;
    this.#timer = setTimeout(tooLong, longestSilenceMs);
  }

  broken(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#tooLong, longestSilenceMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** A page that comes into sight again, or a network that does, ends the pause. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener("online", done);
      document.removeEventListener("visibilitychange", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    document.addEventListener("visibilitychange", done);
  });
}

/** Resolves when a token is given, be it the one that was refused: the server may take it by now. */
function tokenGiven(): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = isTokenWanted.subscribe((isWanted) => {
      if (isWanted) return;
      resolve();
      queueMicrotask(() => unsubscribe());
    });
  });
}
