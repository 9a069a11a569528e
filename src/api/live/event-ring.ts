// The last events, numbered, for readers that come back: one that has missed some gets them from here, and one that has
// missed too many is told so. A number says which life of the ring it is from, so that after a restart nobody is given
// the events of another life as the next ones.
import type { Event } from "../schemas/events.ts";

export interface NumberedEvent {
  readonly id: string;
  readonly event: Event;
}

export class EventRing {
  readonly #capacity: number;
  readonly #life: string;
  #events: NumberedEvent[] = [];
  #count = 0;

  constructor(capacity: number, life: string) {
    this.#capacity = capacity;
    this.#life = life;
  }

  add(event: Event): NumberedEvent {
    const numbered = { id: `${this.#life}-${++this.#count}`, event };
    this.#events.push(numbered);
    // Cut now and then, and not each time.
    if (this.#events.length > 2 * this.#capacity) this.#events = this.#kept();
    return numbered;
  }

  /** The id of the newest event, from which on a reader has missed nothing. */
  get newest(): string {
    return `${this.#life}-${this.#count}`;
  }

  /** The events after the one of that id. @returns undefined if some are no longer known */
  after(id: string): readonly NumberedEvent[] | undefined {
    const [life, number = ""] = id.split("-");
    if (life !== this.#life || !/^\d{1,15}$/.test(number)) return undefined;
    const missed = this.#count - Number(number);
    const kept = this.#kept();
    if (missed < 0 || missed > kept.length) return undefined;
    return missed === 0 ? [] : kept.slice(-missed);
  }

  #kept(): NumberedEvent[] {
    return this.#events.slice(-this.#capacity);
  }
}
