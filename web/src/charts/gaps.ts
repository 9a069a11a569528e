// Where times that belong together end: between two of them, much longer than the usual step, nothing is known, and no
// line is drawn.

/** Longer than this many usual steps is a gap. */
const gapSteps = 6;

/** Of ascending times, the index range of each piece: from `first` up to and without `end`. */
export function piecesOf(ascending: readonly number[]): { first: number; end: number }[] {
  const longest = usualStep(ascending) * gapSteps;
  const pieces: { first: number; end: number }[] = [];
  let first = 0;
  for (let at = 1; at <= ascending.length; at++) {
    const step = (ascending[at] ?? Number.POSITIVE_INFINITY) - (ascending[at - 1] ?? 0);
    if (step <= longest) continue;
    pieces.push({ first, end: at });
    first = at;
  }
  return pieces;
}

/** The median, which a few gaps do not change. */
function usualStep(ascending: readonly number[]): number {
  const steps: number[] = [];
  for (let at = 1; at < ascending.length; at++) {
    steps.push((ascending[at] ?? 0) - (ascending[at - 1] ?? 0));
  }
  steps.sort((a, b) => a - b);
  return steps[steps.length >> 1] ?? 0;
}
