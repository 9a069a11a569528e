// POST /api/v1/packages: takes a package into the inbox, whatever media type it is sent as.
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { Api, ApiContext } from "../context.ts";
import { problem } from "../problems.ts";
import { uploadedSchema, uploadQuerySchema } from "../schemas/actions.ts";
import { mostUploadBytes, receivePackage } from "../upload.ts";
import { described, json, orProblem } from "./described.ts";

const mostUploads = 8;

export function addUpload(api: Api, { folders, log }: ApiContext): void {
  let uploads = 0;
  // In a scope of its own: nowhere else is a body passed through.
  void api.register((scope: Api, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, body, done) => done(null, body));
    scope.post(
      "/api/v1/packages",
      {
        bodyLimit: mostUploadBytes,
        config: { isStreamed: true },
        schema: {
          ...described("upload", "Sends a package into the inbox", "packages"),
          description: "The body is the package, byte by byte.",
          querystring: uploadQuerySchema,
          response: { 201: json(uploadedSchema), ...orProblem() },
        },
      },
      async ({ query: { name }, body, raw }, reply) => {
        if (uploads >= mostUploads) {
          throw problem("too_many_requests", `${mostUploads} packages are being sent already`);
        }
        uploads++;
        try {
          const uploaded = await receivePackage(folders.ingest, name, bodyOf(body, raw));
          log.info({ ...uploaded }, "package uploaded");
          return await reply.code(201).send(uploaded);
        } finally {
          uploads--;
        }
      },
    );
    done();
  });
}

/** A request without a body, or without a media type, has not been through the parser. */
function bodyOf(body: unknown, raw: IncomingMessage): Readable {
  return body instanceof Readable ? body : raw;
}
