// JSON for programs, laid out so that grep and people like it too.

/** A JSON array with one element on each line. */
export function jsonArray(records: readonly object[]): string {
  if (records.length === 0) return "[]";
  return `[\n${records.map((record) => JSON.stringify(record)).join(",\n")}\n]`;
}

/** One JSON object, a key on each line. */
export function jsonObject(record: object): string {
  return JSON.stringify(record, undefined, 2);
}
