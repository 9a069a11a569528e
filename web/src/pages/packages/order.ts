// In which order packages are listed, as it stands in the address: "errors" or "-errors".

const sortKeys = ["id", "name", "sizeBytes", "importedLines", "errors"] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Order {
  readonly sort: SortKey;
  readonly order: "asc" | "desc";
}

const newestFirst: Order = { sort: "id", order: "desc" };

export function orderOf(query: URLSearchParams): Order {
  const text = query.get("sort") ?? "";
  const sort = sortKeys.find((key) => key === text.replace(/^-/, ""));
  if (sort === undefined) return newestFirst;
  return { sort, order: text.startsWith("-") ? "desc" : "asc" };
}

/** Empty for the order that needs no saying. */
export function orderText({ sort, order }: Order): string {
  if (sort === newestFirst.sort && order === newestFirst.order) return "";
  return order === "desc" ? `-${sort}` : sort;
}

/** What a press on the head of a column leads to: its greatest first, names from A on, and then the other way. */
export function orderAfter(now: Order, sort: SortKey): Order {
  const first = sort === "name" ? "asc" : "desc";
  if (now.sort !== sort) return { sort, order: first };
  return { sort, order: now.order === "asc" ? "desc" : "asc" };
}
