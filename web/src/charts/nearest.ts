// Which of many ascending values is pointed at.

/** Index of the value nearest to `wanted`, in ascending order. -1 if there are none. */
export function nearestIndex(ascending: ArrayLike<number>, wanted: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  const before = low - 1;
  if (before < 0) return ascending.length === 0 ? -1 : low;
  return wanted - (ascending[before] ?? 0) <= (ascending[low] ?? 0) - wanted ? before : low;
}
