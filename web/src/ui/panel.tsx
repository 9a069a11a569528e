// The box that everything stands in, what it says when there is nothing, and when there was no answer.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
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

/** Keeps the place of what has not come yet. */
export function Waiting({ problem }: { problem: Problem | undefined }) {
  return (
    <div class="empty">{problem === undefined ? "" : <span>{problemText(problem)}</span>}</div>
  );
}
