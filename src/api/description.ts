// The API describes itself: /openapi.json, made of the schemas, and /docs, a page to read it and try it out, of which
// every file is here.
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
} from "fastify-type-provider-zod";
import type { Api, ApiContext } from "./context.ts";
import { schemaRegistry } from "./schemas/named.ts";
import { version } from "./version.ts";

const about = `Telemetry packages: what became of them, their readings, and what the daemon does at this moment.

Times are ISO 8601 in UTC with microseconds. Lists come page by page: \`next\` of one page is \`after\` of the next.
Whatever goes wrong is answered as problem details (RFC 9457) with a stable \`code\`.`;

/** To be called before the routes are added. */
export async function describe(api: Api, { token }: Pick<ApiContext, "token">): Promise<void> {
  await api.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "downlink", version, description: about, license: { name: "MIT" } },
      tags: [
        { name: "daemon", description: "What goes on" },
        { name: "packages", description: "Packages and their rejected lines" },
        { name: "telemetry", description: "Readings" },
        { name: "settings", description: "What can be changed while the daemon runs" },
        { name: "health", description: "For machines that look after the daemon" },
      ],
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
      ...(token !== undefined && { security: [{ token: [] }] }),
    },
    transform: createJsonSchemaTransform({ schemaRegistry }),
    transformObject: (document) => withoutUnused(transformObject(document)),
  });
}

const transformObject = createJsonSchemaTransformObject({ schemaRegistry });

type Described = ReturnType<typeof transformObject>;

/** Each schema is described as it is sent and as it is received, and most are only sent. */
function withoutUnused(document: Described): Described {
  const schemas = "components" in document ? (document.components?.schemas ?? {}) : {};
  const used = namesIn(document.paths);
  for (const name of used) {
    for (const further of namesIn(schemas[name])) used.add(further); // The loop comes to these too.
  }
  for (const name of Object.keys(schemas)) {
    if (!used.has(name)) delete schemas[name]; // The document was made anew.
  }
  return document;
}

function namesIn(value: unknown): Set<string> {
  const text = JSON.stringify(value ?? null);
  const found = text.matchAll(/"#\/components\/schemas\/(\w+)"/g);
  return new Set(Array.from(found, ([, name = ""]) => name));
}

/** The page writes styles into its elements; scripts come from here alone. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export async function addDescription(api: Api): Promise<void> {
  let text: string | undefined;
  api.get("/openapi.json", { schema: { hide: true } }, (_request, reply) => {
    text ??= JSON.stringify(api.swagger()); // Once: the routes do not change.
    return reply.type("application/json; charset=utf-8").send(text);
  });
  await api.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: pagePolicy,
    uiConfig: { url: "/openapi.json", validatorUrl: null },
  });
}
