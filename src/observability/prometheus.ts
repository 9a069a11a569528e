// Prometheus metrics, by what one does with them: count, set, observe. The only file that knows prom-client, with a
// registry of its own. A label has its values from a fixed set, all there from the beginning: so no name from outside
// makes series without end, and no first increase goes unseen.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Gauges of prom-client with a counter's name; what they sum up is there by type. */
const misnamed = ["handles", "requests", "resources"].map((what) => `nodejs_active_${what}_total`);

/** The label's value for what is not in its set. */
const other = "other";

interface About {
  /** With its unit, as Prometheus wants it. */
  readonly name: string;
  readonly help: string;
}

interface Labelled extends About {
  readonly label: string;
  readonly values: readonly string[];
}

/** By the value of the label, if the reading has one. Undefined: nothing can be said of it now. */
type ReadValue = number | Readonly<Record<string, number>> | undefined;

/** Something that is read at each scrape. */
export interface Reading extends About {
  readonly label?: string;
  /** If it throws, nothing is said of it: what it asks may be between two lives. */
  readonly read: () => ReadValue | Promise<ReadValue>;
}

/** What a scrape is answered. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

export class Prometheus {
  readonly #registry = new Registry();
  readonly #registers = [this.#registry];

  /** Those of the process and of Node.js: processor, memory, descriptors, delay of the event loop. */
  addProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
    for (const name of misnamed) this.#registry.removeSingleMetric(name);
  }

  counter(about: About): (amount: number) => void {
    const counter = new Counter({ ...about, registers: this.#registers });
    return (amount) => counter.inc(amount);
  }

  counterBy({ label, values, ...about }: Labelled): (value: string, amount: number) => void {
    const counter = new Counter({ ...about, labelNames: [label], registers: this.#registers });
    for (const value of [...values, other]) counter.inc({ [label]: value }, 0);
    return (value, amount) => {
      counter.inc({ [label]: values.includes(value) ? value : other }, amount);
    };
  }

  gauge(about: About): (value: number) => void {
    const gauge = new Gauge({ ...about, registers: this.#registers });
    return (value) => gauge.set(value);
  }

  /** A gauge that is 1 for one of its values and 0 for the others; at first for none. */
  state({ label, values, ...about }: Labelled): (value: string) => void {
    const gauge = new Gauge({ ...about, labelNames: [label], registers: this.#registers });
    for (const value of values) gauge.set({ [label]: value }, 0);
    return (current) => {
      for (const value of values) gauge.set({ [label]: value }, value === current ? 1 : 0);
    };
  }

  histogram(about: About, buckets: number[]): (value: number) => void {
    const histogram = new Histogram({ ...about, buckets, registers: this.#registers });
    return (value) => histogram.observe(value);
  }

  histogramBy(
    { label, values, ...about }: Labelled,
    buckets: number[],
  ): (of: string, value: number) => void {
    const labelNames = [label];
    const histogram = new Histogram({ ...about, labelNames, buckets, registers: this.#registers });
    for (const value of values) histogram.zero({ [label]: value });
    return (of, value) => histogram.observe({ [label]: of }, value);
  }

  reading({ label, read, ...about }: Reading): void {
    const gauge: Gauge = new Gauge({
      ...about,
      labelNames: label === undefined ? [] : [label],
      registers: this.#registers,
      collect: async () => {
        const value = await tried(read);
        if (label === undefined) gauge.remove();
        else gauge.reset();
        if (typeof value === "number") gauge.set(value);
        else if (label !== undefined) {
          for (const [of, one] of Object.entries(value ?? {})) gauge.set({ [label]: of }, one);
        }
      },
    });
  }

  async expose(): Promise<Exposition> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}

async function tried(read: Reading["read"]): Promise<ReadValue> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}
