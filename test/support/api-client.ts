// A program that knows the HTTP API by its description alone: it reads /openapi.json, calls operations by their ids, and
// holds every answer against the schema that the description promises. An answer with a key too many fails too.
import { z } from "zod";

const operationSchema = z.object({
  operationId: z.string(),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(["path", "query"]),
        required: z.boolean().optional(),
        schema: z.record(z.string(), z.unknown()),
      }),
    )
    .default([]),
  requestBody: z.object({ content: z.record(z.string(), z.unknown()) }).optional(),
  responses: z.record(
    z.string(),
    z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })).optional() }),
  ),
});

const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

export interface Operation extends z.infer<typeof operationSchema> {
  readonly path: string;
  readonly method: string;
}

export interface Call {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: JSON that was held against its schema; the tests say what they expect.
  readonly body: any;
}

export class ApiClient {
  readonly operations: readonly Operation[];
  /** As it was sent. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #schemas: Readonly<Record<string, unknown>>;

  private constructor(url: string, headers: Readonly<Record<string, string>>, sent: unknown) {
    const { paths, components } = documentSchema.parse(sent);
    this.document = z.record(z.string(), z.unknown()).parse(sent);
    this.#url = url;
    this.#headers = headers;
    this.#schemas = components.schemas;
    this.operations = Object.entries(paths).flatMap(([path, methods]) => {
      return Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method }));
    });
  }

  static async of(url: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiClient> {
    const response = await fetch(new URL("/openapi.json", url), { headers });
    return new ApiClient(url, headers, await response.json());
  }

  /** Calls an operation. @throws if the answer is none that the description has */
  async call(operationId: string, call: Call = {}): Promise<Answer> {
    const operation = this.operations.find((one) => one.operationId === operationId);
    if (operation === undefined) throw new Error(`no operation ${operationId}`);
    const response = await this.send(operation, call);
    const body: unknown = await response.json();
    const type = response.headers.get("content-type")?.split(";")[0] ?? "";
    this.#schemaOf(operation, response.status, type).parse(body);
    return { status: response.status, body };
  }

  async send(
    { path, method }: Operation,
    { params = {}, query = {}, body }: Call,
  ): Promise<Response> {
    const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name] ?? ""));
    const url = new URL(filled, this.#url);
    for (const [name, value] of Object.entries(query)) url.searchParams.append(name, String(value));
    const headers = {
      ...this.#headers,
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    return fetch(url, {
      method: method.toUpperCase(),
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  #schemaOf({ operationId, responses }: Operation, status: number, type: string): z.ZodType {
    const promised = responses[status] ?? responses[`${String(status)[0]}XX`];
    const content = promised?.content?.[type];
    if (content === undefined)
      throw new Error(`${operationId}: ${status} ${type} is not described`);
    const text = JSON.stringify({ ...asObject(content.schema), $defs: this.#schemas });
    return z.fromJSONSchema(JSON.parse(text.replaceAll("#/components/schemas/", "#/$defs/")));
  }
}

function asObject(value: unknown): object {
  if (typeof value !== "object" || value === null) throw new Error("no schema");
  return value;
}
