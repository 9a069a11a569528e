// The dashboard's files at /, as they were built. A build that is missing is said, and may come while the daemon runs.
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import { look } from "../folders/file-identity.ts";
import type { Api, ApiContext } from "./context.ts";
import { unprotected } from "./routes/described.ts";

/** Scripts and styles are files of ours, and nothing is asked of anybody else. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const notBuilt = `The dashboard is not built: run "npm run build". The API is at /api/v1, its description at /docs.`;

export async function addDashboard(api: Api, { webDir }: ApiContext): Promise<void> {
  await api.register(fastifyStatic, {
    root: webDir,
    serve: false,
    cacheControl: false,
    dotfiles: "ignore",
  });
  api.get("/*", { ...unprotected, schema: { hide: true } }, async (request, reply) => {
    const [path = "/"] = request.url.split("?");
    const file = path === "/" ? "index.html" : decodeURIComponent(path.slice(1));
    if ((await look(join(webDir, "index.html"))).kind !== "file" && path === "/") {
      return reply.code(404).type("text/plain; charset=utf-8").send(`${notBuilt}\n`);
    }
    reply.header("content-security-policy", pagePolicy);
    reply.header(
      "cache-control",
      isHashed(path) ? "public, max-age=31536000, immutable" : "no-cache",
    );
    return reply.sendFile(file);
  });
}

/** The build names these by their content. */
function isHashed(path: string): boolean {
  return /^\/assets\/.+-[\w-]{8,}\.\w+$/.test(path);
}
