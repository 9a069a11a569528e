// What went wrong with a request, as a value to show: the server's own words (RFC 9457), or that there is no server.

export type Problem =
  /** No answer: the daemon is away, or the way to it. */
  | { readonly kind: "unreachable" }
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly code: string;
      readonly text: string;
    };

export type Answer<Body> =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly problem: Problem };

export function problemText(problem: Problem): string {
  if (problem.kind === "unreachable") return "downlink does not answer.";
  return problem.text;
}

/** Of an answer that is no 2xx. Its body may be anything, as that of a proxy. */
export function refusal(status: number, body: unknown): Problem {
  const code = textOf(body, "code") ?? "";
  const text = textOf(body, "detail") ?? textOf(body, "title") ?? `HTTP status ${status}`;
  return { kind: "refused", status, code, text };
}

function textOf(body: unknown, key: string): string | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const value = new Map<string, unknown>(Object.entries(body)).get(key);
  return typeof value === "string" ? value : undefined;
}
