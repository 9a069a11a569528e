// Whose batch is written next, when several packages have one waiting. The package that was served least goes first, so
// that a small one does not wait for a large one's many batches. Who came first is overtaken by no more than it weighs
// itself and then has its turn, so that a large one gets on however many small ones keep coming. Pure.

export interface Turn {
  /** Of which package. */
  readonly fileId: number;
  /** That will be written. */
  readonly rows: number;
}

/** A transaction costs about as much as so many rows, however few it has. */
const rowsOfTransaction = 500;
const weightOf = ({ rows }: Turn): number => rows + rowsOfTransaction;

/** Packages remembered. Who was served longest ago is forgotten, and then counts as new. */
const maxPackages = 1_000;

export class Turns<Item extends Turn> {
  /** In the order in which they came. */
  readonly #waiting = new Set<Item>();
  /** What each package was served, the one served last at the end. */
  readonly #served = new Map<number, number>();
  /** What went before the one that came first and still waits. */
  #overtaken = 0;

  get size(): number {
    return this.#waiting.size;
  }

  /** Of the largest that waits. */
  get mostRows(): number {
    let most = 0;
    for (const { rows } of this.#waiting) most = Math.max(most, rows);
    return most;
  }

  /** Those that wait with more rows. */
  largerThan(rows: number): readonly Item[] {
    return [...this.#waiting].filter((item) => item.rows > rows);
  }

  add(item: Item): void {
    this.#waiting.add(item);
  }

  /** It wants its turn no more, or has had it from elsewhere. */
  remove(item: Item): void {
    if (item === this.#first) this.#overtaken = 0;
    this.#waiting.delete(item);
  }

  /** The one whose turn it is, of those that may begin; undefined if none may. */
  next(mayBegin: (item: Item) => boolean = () => true): Item | undefined {
    const first = this.#first;
    if (first === undefined) return undefined;
    if (this.#overtaken >= weightOf(first) && mayBegin(first)) return first;
    const [one, ...others] = [...this.#waiting].filter(mayBegin);
    return others.reduce<Item | undefined>(
      (least, item) =>
        least === undefined || this.#servedTo(item) < this.#servedTo(least) ? item : least,
      one,
    );
  }

  /** Takes one out that waits, and notes that it was served. */
  take(item: Item): void {
    if (item !== this.#first) this.#overtaken += weightOf(item);
    this.#serve(item);
    this.remove(item);
  }

  get #first(): Item | undefined {
    const [first] = this.#waiting;
    return first;
  }

  #servedTo({ fileId }: Item): number {
    return this.#served.get(fileId) ?? 0;
  }

  #serve(item: Item): void {
    const served = this.#servedTo(item) + weightOf(item);
    this.#served.delete(item.fileId);
    this.#served.set(item.fileId, served);
    const [oldest] = this.#served.keys();
    if (this.#served.size > maxPackages && oldest !== undefined) this.#served.delete(oldest);
  }
}
