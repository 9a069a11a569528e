// How a request is refused: problem details (RFC 9457), whatever went wrong and wherever. What is not expected is logged
// here and answered without its text, since that may say more than an onlooker should know.
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { errorCode, isOutage } from "../database/faults.ts";
import { ProblemError } from "../errors.ts";
import type { Log } from "../observability/log.ts";
import { type Problem, type ProblemCode, problems } from "./schemas/problem.ts";

/** The error that is answered with that problem. */
export function problem(code: ProblemCode, detail: string, options?: ErrorOptions): ProblemError {
  return new ProblemError(detail, code, options);
}

function problemBody(code: ProblemCode, detail: string, issues?: Problem["issues"]): Problem {
  const [status, title] = problems[code];
  const type = `urn:downlink:problem:${code}`;
  return { type, title, status, code, detail, ...(issues && { issues }) };
}

const problemType = "application/problem+json; charset=utf-8";

function answer(reply: FastifyReply, body: Problem): FastifyReply {
  reply.header("cache-control", "no-store"); // A route may have said how long its answer holds.
  if (body.code === "token_required") reply.header("www-authenticate", "Bearer");
  if (body.status === 503 || body.status === 429) reply.header("retry-after", "1");
  return reply.code(body.status).type(problemType).send(JSON.stringify(body));
}

export function errorHandler(log: Log) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const body = bodyFor(error);
    if (body.code === "internal") {
      log.error({ err: error, method: request.method, url: request.url }, "a request failed");
    }
    return answer(reply, body);
  };
}

function bodyFor(error: FastifyError): Problem {
  if (error instanceof ProblemError) {
    return problemBody(isCode(error.problem) ? error.problem : "internal", error.message);
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issues = error.validation.map(({ instancePath, message = "" }) => {
      return { path: instancePath.replace(/^\//, ""), message };
    });
    const [first] = issues;
    const where = first?.path ? `${first.path}: ` : "";
    return problemBody("invalid_request", `${where}${first?.message ?? ""}`, issues);
  }
  return databaseProblem(error) ?? serverProblem(error);
}

const tooSlow = "57014";
/** A value that the database cannot read: one of ours would have been another class. */
const badValue = /^22/;

function databaseProblem(error: Error): Problem | undefined {
  const code = errorCode(error);
  if (code === tooSlow) return problemBody("query_too_slow", "ask for less, or for a shorter time");
  if (isOutage(error)) return problemBody("database_away", "the database cannot be reached now");
  if (code !== undefined && badValue.test(code)) {
    return problemBody("invalid_request", "a value that the database cannot take");
  }
  return undefined;
}

/** The codes of the server's own refusals. */
const serverCodes: ReadonlyMap<string, ProblemCode> = new Map([
  ["FST_ERR_CTP_BODY_TOO_LARGE", "too_large"],
  ["FST_ERR_CTP_INVALID_MEDIA_TYPE", "unsupported_media_type"],
  ["FST_ERR_NOT_FOUND", "not_found"],
]);

function serverProblem(error: FastifyError): Problem {
  const code = serverCodes.get(error.code);
  if (code !== undefined) return problemBody(code, error.message);
  const { statusCode = 500 } = error;
  if (statusCode >= 400 && statusCode < 500) return problemBody("invalid_request", error.message);
  return problemBody("internal", "the cause is in the daemon's log");
}

function isCode(text: string): text is ProblemCode {
  return Object.hasOwn(problems, text);
}

/** What HTTP's own parser refuses, before there is a request. */
const brokenCodes: ReadonlyMap<string, ProblemCode> = new Map([
  ["HPE_HEADER_OVERFLOW", "header_too_large"],
  ["ERR_HTTP_REQUEST_TIMEOUT", "request_timeout"],
]);

export function answerBrokenRequest(
  error: Error & { readonly code?: string },
  socket: Socket,
): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const code = brokenCodes.get(error.code ?? "") ?? "invalid_request";
  const body = problemBody(code, problems[code][1]);
  const text = JSON.stringify(body);
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status]}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n` +
        `Content-Type: ${problemType}\r\nConnection: close\r\n\r\n${text}`,
    );
  }
  socket.destroySoon();
}
