// Asks the running daemon over HTTP. That none answers is an answer, and not an error: what needs only the database
// goes on without it.
import { z } from "zod";
import type { Config } from "../../config.ts";
import { CommandError } from "../failure.ts";
import { daemonAddress } from "./address.ts";

export type Asked<Answer> =
  | { readonly kind: "answered"; readonly answer: Answer; readonly url: string }
  | { readonly kind: "silent"; readonly why: string };

const answerMs = 5_000;
const problemSchema = z.object({ detail: z.string() });

/**
 * @param path below the address, such as `/api/v1/status`
 * @throws {CommandError} what answers refuses the question, or is no downlink
 */
export async function askDaemon<Answer>(
  config: Config,
  path: string,
  schema: z.ZodType<Answer>,
): Promise<Asked<Answer>> {
  const opened = await openAnswer(config, path, AbortSignal.timeout(answerMs));
  if (opened.kind === "silent") return opened;
  const { response, url } = opened;
  const parsed = schema.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return { kind: "answered", answer: parsed.data, url };
  throw new CommandError(`what answers at ${url} is no downlink of this version`);
}

/** The same for an answer that is read as it comes. */
export async function openAnswer(
  config: Config,
  path: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ kind: "open"; response: Response; url: string } | { kind: "silent"; why: string }> {
  const address = await daemonAddress(config);
  if (address.kind === "none") return { kind: "silent", why: address.why };
  const { url } = address;
  let response: Response;
  try {
    response = await fetch(url + path, {
      signal,
      headers: { ...headers, ...authorization(config) },
    });
  } catch (error) {
    return { kind: "silent", why: `no daemon answers at ${url} (${whyNot(error)})` };
  }
  if (response.ok) return { kind: "open", response, url };
  throw new CommandError(await refusal(response, url));
}

function authorization({ apiToken }: Config): Record<string, string> {
  return apiToken === undefined ? {} : { authorization: `Bearer ${apiToken}` };
}

async function refusal(response: Response, url: string): Promise<string> {
  if (response.status === 401) return `the daemon at ${url} wants its DOWNLINK_API_TOKEN`;
  const problem = problemSchema.safeParse(await response.json().catch(() => undefined));
  const words = problem.success ? problem.data.detail : "it is no downlink";
  return `${url} answers ${response.status}: ${words}`;
}

/** fetch says only "fetch failed"; its cause knows more. */
function whyNot(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "no answer in time";
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return "code" in cause ? String(cause.code) : cause.message;
  return error instanceof Error ? error.message : String(error);
}
