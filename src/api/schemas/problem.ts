// What is answered when something is not as it should be: RFC 9457, application/problem+json. Match on `code`, which is
// API; `title` and `detail` are for people.
import { z } from "zod";
import { named } from "./named.ts";
import { list } from "./values.ts";

/** Every code, with its HTTP status and its title. */
export const problems = {
  invalid_request: [400, "The request is not valid"],
  invalid_name: [400, "Not a name for a package"],
  invalid_setting: [400, "Not a valid setting"],
  token_required: [401, "A valid token is required"],
  foreign_origin: [403, "Requests from other origins are refused"],
  not_found: [404, "There is no such resource"],
  no_such_package: [404, "There is no such package"],
  method_not_allowed: [405, "The method is not allowed here"],
  request_timeout: [408, "The request took too long to arrive"],
  not_failed: [409, "Only a failed package can be sent again"],
  file_gone: [409, "The package's file is not where it was kept"],
  name_taken: [409, "The inbox has a file of that name"],
  upload_lost: [409, "The package went missing before it was shown"],
  upload_cut_off: [400, "The upload ended before its end"],
  too_large: [413, "The body is too large"],
  unsupported_media_type: [415, "The body's media type is not supported"],
  foreign_host: [421, "This host name is not served here"],
  too_many_requests: [429, "Too many requests at the same time"],
  header_too_large: [431, "The header is too large"],
  internal: [500, "The daemon failed to answer"],
  database_away: [503, "The database cannot be reached"],
  query_too_slow: [503, "The question takes the database too long"],
  stopping: [503, "The daemon is stopping"],
  no_space: [507, "There is no space for the package"],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string]>>;

export type ProblemCode = keyof typeof problems;

const codes = Object.keys(problems).filter((key): key is ProblemCode => key in problems);

export const problemSchema = named(
  "Problem",
  z.object({
    type: z.string().describe("urn:downlink:problem:<code>"),
    title: z.string(),
    status: z.int(),
    code: z.enum(codes),
    detail: z.string().describe("What exactly is wrong, for a person"),
    issues: list(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe("What is wrong with which part of the request"),
  }),
);
export type Problem = z.infer<typeof problemSchema>;
