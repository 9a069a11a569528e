// What a page shows of one route: the last good answer stays while a newer one is asked for, so that nothing jumps, and
// an older answer never replaces a newer one.
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Answer, Problem } from "./problem.ts";

export interface Loaded<Body> {
  /** Undefined until the first good answer. */
  readonly body: Body | undefined;
  /** Of the last request. */
  readonly problem: Problem | undefined;
  readonly isLoading: boolean;
}

export type Ask<Body> = (signal: AbortSignal) => Promise<Answer<Body>>;

const againMs = 3_000;

/** Nobody answers, too much is asked at the moment, or the database is away. */
function mayPass(problem: Problem): boolean {
  return problem.kind === "unreachable" || problem.status === 429 || problem.status >= 500;
}

export class Resource<Body> {
  readonly #state: Signal<Loaded<Body>>;
  readonly #ask: Ask<Body>;
  #abort = new AbortController();
  #again: ReturnType<typeof setTimeout> | undefined;

  /** @param last what is shown until the first answer */
  constructor(ask: Ask<Body>, last: Body | undefined) {
    this.#ask = ask;
    this.#state = signal({ body: last, problem: undefined, isLoading: true });
  }

  get state(): ReadonlySignal<Loaded<Body>> {
    return this.#state;
  }

  /** Asks now; a request that is still under way is given up. What may pass is asked again after a while. */
  async load(): Promise<void> {
    this.stop();
    const abort = new AbortController();
    this.#abort = abort;
    this.#state.value = { ...this.#state.value, isLoading: true };
    const answer = await this.#ask(abort.signal);
    if (abort.signal.aborted) return;
    if (!answer.ok && mayPass(answer.problem)) {
      this.#again = setTimeout(() => void this.load(), againMs);
    }
    this.#state.value = answer.ok
      ? { body: answer.body, problem: undefined, isLoading: false }
      : { ...this.#state.value, problem: answer.problem, isLoading: false };
  }

  stop(): void {
    clearTimeout(this.#again);
    this.#abort.abort();
  }
}

/**
 * A resource for as long as a component is there. Another `key` is another question of the same kind: the last answer
 * stays until the new one is there.
 */
export function useResource<Body>(key: string, ask: Ask<Body>): Resource<Body> {
  const last = useRef<Resource<Body>>(undefined);
  // `key` names all that `ask` depends on
  const resource = useMemo(() => {
    last.current = new Resource(ask, last.current?.state.peek().body);
    return last.current;
  }, [key]);
  useEffect(() => {
    void resource.load();
    return () => resource.stop();
  }, [resource]);
  return resource;
}
