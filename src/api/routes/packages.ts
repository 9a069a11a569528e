// Packages: /api/v1/files, one with its story, its rejected lines, and sending a failed one again.
import { findFileStory, hasFile } from "../../queries/file-story.ts";
import { findFiles } from "../../queries/find-files.ts";
import { findRejects } from "../../queries/rejects.ts";
import { retryPackage } from "../../watcher/retry.ts";
import type { Api, ApiContext } from "../context.ts";
import { findPlace } from "../place.ts";
import { problem } from "../problems.ts";
import { read } from "../reading.ts";
import { retriedSchema } from "../schemas/actions.ts";
import {
  type FileStory,
  fileParamsSchema,
  fileStorySchema,
  filesPageSchema,
  filesQuerySchema,
} from "../schemas/files.ts";
import { rejectsPageSchema, rejectsQuerySchema } from "../schemas/rejects.ts";
import { described, json, orProblem, shared } from "./described.ts";

export function addPackages(api: Api, context: ApiContext): void {
  const { folders, log } = context;

  api.get(
    "/api/v1/files",
    {
      ...shared,
      schema: {
        ...described("files", "Packages, the newest first", "packages"),
        querystring: filesQuerySchema,
        response: { 200: json(filesPageSchema), ...orProblem() },
      },
    },
    async ({ query }) => read(context, (db) => findFiles(db, query)),
  );

  api.get(
    "/api/v1/files/:id",
    {
      ...shared,
      schema: {
        ...described("file", "The whole story of a package", "packages"),
        params: fileParamsSchema,
        response: { 200: json(fileStorySchema), ...orProblem() },
      },
    },
    async ({ params }): Promise<FileStory> => {
      const story = await read(context, (db) => findFileStory(db, params.id));
      if (story === undefined) throw noSuchPackage(params.id);
      return { ...story, seconds: secondsOf(story), place: await findPlace(folders, story) };
    },
  );

  api.get(
    "/api/v1/files/:id/rejects",
    {
      ...shared,
      schema: {
        ...described("rejects", "The rejected lines of a package", "packages"),
        params: fileParamsSchema,
        querystring: rejectsQuerySchema,
        response: { 200: json(rejectsPageSchema), ...orProblem() },
      },
    },
    async ({ params, query }) => {
      const { rawBytes: mostRawBytes, ...page } = query;
      const found = await read(context, async (db) => {
        const rejects = await findRejects(db, { fileId: params.id, mostRawBytes, ...page });
        const isThere = rejects.rejects.length > 0 || (await hasFile(db, params.id));
        return isThere ? rejects : undefined;
      });
      if (found === undefined) throw noSuchPackage(params.id);
      const rejects = found.rejects.map(({ raw, ...line }) => {
        return { ...line, raw: raw.toString("base64"), text: raw.toString() };
      });
      return { fileId: params.id, rejects, next: found.next };
    },
  );

  api.post(
    "/api/v1/files/:id/retry",
    {
      schema: {
        ...described("retry", "Sends a failed package again", "packages"),
        params: fileParamsSchema,
        response: { 202: json(retriedSchema), ...orProblem() },
      },
    },
    async ({ params: { id } }, reply) => {
      const story = await read(context, (db) => findFileStory(db, id));
      if (story === undefined) throw noSuchPackage(id);
      const outcome = await retryPackage(story, folders);
      switch (outcome.kind) {
        case "not_failed":
          throw problem("not_failed", `package ${id} is ${outcome.status}`);
        case "file_gone":
          throw problem("file_gone", `there is no file at ${outcome.path}`);
        case "name_taken":
          throw problem("name_taken", `${outcome.path} is there already`);
        case "sent":
          log.info({ fileId: id }, "a failed package is sent again, as asked over HTTP");
          return reply.code(202).send({ fileId: id, path: outcome.path });
      }
    },
  );
}

function noSuchPackage(id: number) {
  return problem("no_such_package", `there is no package ${id}`);
}

function secondsOf({ startedAt, completedAt }: Pick<FileStory, "startedAt" | "completedAt">) {
  if (startedAt === null || completedAt === null) return null;
  return Math.max(0, (Date.parse(completedAt) - Date.parse(startedAt)) / 1_000);
}
