// One answer for all who ask the same at the same time, or shortly after: two hundred dashboards cost what one does. An
// answer that was long in coming is kept longer. The end of a package makes every answer old, so that who is told of it
// and asks is never shown what was before.
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Events } from "../observability/events.ts";
import type { Api } from "./context.ts";

const shortestMs = 1_000;
const longestMs = 15_000;
/** Of answers and of the questions that lead to them. */
const mostCharacters = 16 * 2 ** 20;

interface Flight {
  readonly key: string;
  readonly generation: number;
  readonly beganMs: number;
  /** Resolves with the text, or with undefined if it is not to be shared. */
  readonly text: Promise<string | undefined>;
  readonly land: (text: string | undefined) => void;
}

interface Kept {
  readonly text: string;
  readonly untilMs: number;
}

export class SharedAnswers {
  readonly #flights = new Map<string, Flight>();
  readonly #kept = new Map<string, Kept>();
  readonly #nowMs: () => number;
  #generation = 0;
  #characters = 0;

  /** @param nowMs milliseconds of a monotonic clock */
  constructor(nowMs = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Answers from before are given to nobody who asks from now on. */
  forgetAll(): void {
    this.#generation++;
    this.#flights.clear();
    this.#kept.clear();
    this.#characters = 0;
  }

  /** @returns the answer if there is one, or what its asker has to call when it has found out */
  async find(key: string): Promise<string | Flight> {
    for (;;) {
      const kept = this.#kept.get(key);
      if (kept !== undefined && this.#nowMs() < kept.untilMs) return kept.text;
      const flight = this.#flights.get(key);
      if (flight === undefined) {
        const first = this.#flight(key);
        this.#flights.set(key, first);
        return first;
      }
      const text = await flight.text;
      if (flight.generation !== this.#generation) continue;
      return text ?? this.#flight(key); // A failure is found out by each for itself.
    }
  }

  /** Tells those who wait. @param text undefined: it is no answer for others */
  land(flight: Flight, text: string | undefined): void {
    flight.land(text);
    if (this.#flights.get(flight.key) !== flight) return;
    this.#flights.delete(flight.key);
    if (text !== undefined) this.#keep(flight, text);
  }

  #flight(key: string): Flight {
    let land = (_text: string | undefined): void => {};
    const text = new Promise<string | undefined>((resolve) => {
      land = resolve;
    });
    return { key, generation: this.#generation, beganMs: this.#nowMs(), text, land };
  }

  #keep({ key, beganMs }: Flight, text: string): void {
    const nowMs = this.#nowMs();
    const keptMs = Math.min(longestMs, Math.max(shortestMs, 2 * (nowMs - beganMs)));
    this.#drop(key); // To the end of the order.
    this.#kept.set(key, { text, untilMs: nowMs + keptMs });
    this.#characters += key.length + text.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#characters <= mostCharacters) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#characters -= key.length + kept.text.length;
  }
}

/** Shares the answers of routes whose `config` says so. */
export function shareAnswers(api: Api, events: Events): void {
  const answers = new SharedAnswers();
  const flights = new WeakMap<FastifyRequest, Flight>();
  const unsubscribe = events.subscribe(({ kind }) => {
    if (kind === "package_ended" || kind === "settings_changed") answers.forgetAll();
  });
  api.addHook("onClose", async () => unsubscribe());

  api.addHook("preHandler", async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.routeOptions.config.isShared !== true) return;
    const found = await answers.find(request.url);
    if (typeof found !== "string") {
      flights.set(request, found);
      return;
    }
    return reply.type("application/json; charset=utf-8").send(found);
  });

  const land = (request: FastifyRequest, text?: string): void => {
    const flight = flights.get(request);
    if (flight === undefined) return;
    flights.delete(request);
    answers.land(flight, text);
  };
  api.addHook("onSend", async (request, reply, payload) => {
    land(request, reply.statusCode === 200 && typeof payload === "string" ? payload : undefined);
  });
  api.addHook("onResponse", async (request) => land(request)); // Should it not have come so far.
}
