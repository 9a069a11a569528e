// Random numbers that a seed decides, the same on every machine. For believable data, never for secrets.

/** The next number, at least 0 and below 1. */
export type Random = () => number;

/**
 * Makes a stream of numbers.
 *
 * @param seed a whole number from 0 to 2^53 - 1.
 * @param stream what the numbers are for. Each purpose has a stream of its own, so that one that takes more numbers
 *   does not change what the others get.
 * @see Chris Doty-Humphrey, PractRand, generator sfc32.
 */
export function seededRandom(seed: number, stream: string): Random {
  let a = seed >>> 0;
  let b = Math.floor(seed / 2 ** 32) >>> 0;
  let c = hash(stream);
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 20; round++) next(); // Until near seeds have nothing in common.
  return next;
}

/** FNV-1a of the text's UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  return value;
}

/** A number between the two. */
export function between(random: Random, lowest: number, highest: number): number {
  return lowest + random() * (highest - lowest);
}

/** A whole number, at least 0 and below `limit`. */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

export function pick<Item>(random: Random, items: readonly [Item, ...Item[]]): Item {
  return items[below(random, items.length)] ?? items[0];
}

/** An error of measurement: about normal, standard deviation 1, never beyond 3. A logarithm would cost more. */
export function noise(random: Random): number {
  return 2 * (random() + random() + random()) - 3;
}

/** The items in another order. */
export function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item);
}
