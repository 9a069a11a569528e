// The server without its socket: who is let in, what every answer carries, how errors are answered, and the routes.
import type { FastifyRequest } from "fastify";
import Fastify from "fastify";
import { validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { createGuard } from "./access.ts";
import type { Api, ApiContext } from "./context.ts";
import { addDashboard } from "./dashboard.ts";
import { addDescription, describe } from "./description.ts";
import { connectionLimits, limitBody } from "./limits.ts";
import { methodsOf } from "./methods.ts";
import { answerBrokenRequest, errorHandler, problem } from "./problems.ts";
import { addEvents } from "./routes/events.ts";
import { addLive } from "./routes/live.ts";
import { addPackages } from "./routes/packages.ts";
import { addSettings } from "./routes/settings.ts";
import { addTelemetry } from "./routes/telemetry.ts";
import { addUpload } from "./routes/upload.ts";
import { shareAnswers } from "./shared-answers.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Needs no token. */
    isPublic?: boolean;
    /** Who asks the same at the same time is given the same answer. */
    isShared?: boolean;
    /** Takes its body as a stream, however long that takes. */
    isStreamed?: boolean;
  }
}

/** Pages have a wider policy of their own; nothing else is a page. */
const headers = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
};

export async function createApp(context: ApiContext): Promise<Api> {
  const app = Fastify({
    ...connectionLimits,
    forceCloseConnections: true, // A stream of events would hold up the stop.
    logger: false, // The log is for packages.
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: errorHandler(context.log),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  // Answers are typed by the schemas, and the tests hold every one against the description.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  app.removeContentTypeParser("text/plain"); // A form of another site can send that.
  app.setErrorHandler(errorHandler(context.log));
  addGuard(app, context);
  limitBody(app);
  shareAnswers(app, context.events);
  await describe(app, context);
  const methods = methodsOf(app);
  for (const add of [addLive, addPackages, addTelemetry, addSettings, addUpload, addEvents]) {
    add(app, context);
  }
  await addDescription(app);
  await addDashboard(app, context);
  const refuse = (request: FastifyRequest): never => {
    const allowed = methods(request.url);
    if (allowed.length > 0) throw problem("method_not_allowed", `allowed: ${allowed.join(", ")}`);
    throw problem("not_found", "there is nothing here; see /docs");
  };
  app.all("/api/*", { schema: { hide: true } }, refuse);
  app.setNotFoundHandler(refuse);
  await app.ready();
  return app;
}

function addGuard(app: Api, context: ApiContext): void {
  const guard = createGuard(context);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(headers);
    const { method, headers: asked, routeOptions } = request;
    const isPublic = routeOptions.config.isPublic === true;
    const isPage = isPublic || routeOptions.url?.startsWith("/docs") === true;
    guard({ method, headers: asked, isPublic, isPage });
  });
}
