// Pages of a list whose every page begins behind the last row of the one before. There is no way to ask for the page
// before: the way back is what was come by, and from an address alone it leads to the first page.
import { useRef } from "preact/hooks";

/** Behind which id or line a page begins; undefined: the first page. */
export type Place = number | undefined;

export interface PagerProps {
  readonly at: Place;
  /** Where the next page begins; null: this is the last; undefined: not known yet. */
  readonly next: number | null | undefined;
  readonly go: (to: Place) => void;
}

export function Pager({ at, next, go }: PagerProps) {
  const cameFrom = useRef(new Map<number, Place>());
  const forward = (): void => {
    if (next === null || next === undefined) return;
    cameFrom.current.set(next, at);
    go(next);
  };
  if (at === undefined && (next === null || next === undefined)) return null;
  const number = pageNumber(cameFrom.current, at);
  return (
    <div class="pager">
      {number !== undefined && <span>page {number}</span>}
      <button type="button" disabled={at === undefined} onClick={() => go(undefined)}>
        First
      </button>
      <button
        type="button"
        disabled={at === undefined || number === undefined}
        onClick={() => go(at === undefined ? undefined : cameFrom.current.get(at))}
      >
        Previous
      </button>
      <button type="button" disabled={next === null} onClick={forward}>
        Next
      </button>
    </div>
  );
}

/** Undefined where the way from the first page is not known. */
function pageNumber(cameFrom: ReadonlyMap<number, Place>, at: Place): number | undefined {
  let number = 1;
  for (let place = at; place !== undefined; place = cameFrom.get(place)) {
    if (!cameFrom.has(place)) return undefined;
    number++;
  }
  return number;
}
