// One request to the API of the server this page came from. It never throws: an answer is a value, and so is its lack.
import { type Answer, refusal } from "./problem.ts";
import { authorisation, isTokenWanted } from "./token.ts";

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PUT";
  readonly query?: Query;
  readonly json?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** Relative, so that it also works below a path of a proxy. */
export function apiUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return `api/v1/${path}${text === "" ? "" : `?${text}`}`;
}

/** `Body` is what the schema of the route says; the server checks its answers by it. */
export async function request<Body>(
  path: string,
  { method = "GET", query, json, signal }: RequestOptions = {},
): Promise<Answer<Body>> {
  const headers: Record<string, string> = { accept: "application/json", ...authorisation() };
  const init: RequestInit = { method, headers, cache: "no-store", signal: signal ?? null };
  if (json !== undefined) {
    headers["content-type"] = "application/json";
    init.body = JSON.stringify(json);
  }
  try {
    const response = await fetch(apiUrl(path, query), init);
    const body = await response.json().catch(() => null);
    if (response.ok) return { ok: true, body };
    if (response.status === 401) isTokenWanted.value = true;
    return { ok: false, problem: refusal(response.status, body) };
  } catch {
    return { ok: false, problem: { kind: "unreachable" } };
  }
}
