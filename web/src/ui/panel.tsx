// The box that everything stands in, what it says when there is nothing, and when there was no answer.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { type Problem, problemText } from "../api/problem.ts";

export interface PanelProps {
  readonly title: string;
  /** Right of the title. */
  readonly aside?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function Panel({ title, aside, class: extra = "", children }: PanelProps) {
  const id = useId();
  return (
    <section class={`panel ${extra}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div class="aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/** Nothing is there: what that means, and what to do next. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** Most answers come before that, and nothing flickers. */
const patienceMs = 1_500;

/** Keeps the place of what has not come yet, and says so when it takes long. */
export function Waiting({ problem }: { problem: Problem | undefined }) {
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="empty" role="status">
      {problem !== undefined && <span>{problemText(problem)}</span>}
      {problem === undefined && isLong && (
        <span>Asking. While packages are loaded, the loading goes first.</span>
      )}
    </div>
  );
}
