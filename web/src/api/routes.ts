// The routes that the dashboard asks. What they answer is said by the server's schemas, of which only types come here.
import type { RetriedPackage } from "../../../src/api/schemas/actions.ts";
import type { FileStory, FilesPage } from "../../../src/api/schemas/files.ts";
import type { RejectsPage } from "../../../src/api/schemas/rejects.ts";
import type { Satellites } from "../../../src/api/schemas/satellites.ts";
import type { Settings, SettingsChange } from "../../../src/api/schemas/settings.ts";
import type { Status } from "../../../src/api/schemas/status.ts";
import type { TelemetryBuckets } from "../../../src/api/schemas/telemetry.ts";
import type { Tree } from "../../../src/api/schemas/tree.ts";
import type { Answer } from "./problem.ts";
import { type Query, request } from "./request.ts";

type Signal = AbortSignal | undefined;

export function getStatus(signal?: Signal): Promise<Answer<Status>> {
  return request("status", { signal });
}

export function getTree(signal?: Signal): Promise<Answer<Tree>> {
  return request("tree", { signal });
}

export function getFiles(query: Query, signal?: Signal): Promise<Answer<FilesPage>> {
  return request("files", { query, signal });
}

export function getFile(fileId: number, signal?: Signal): Promise<Answer<FileStory>> {
  return request(`files/${fileId}`, { signal });
}

export function getRejects(
  fileId: number,
  query: Query,
  signal?: Signal,
): Promise<Answer<RejectsPage>> {
  return request(`files/${fileId}/rejects`, { query, signal });
}

/** Of a package. `query` must name `buckets`. */
export function getFileBuckets(
  fileId: number,
  query: Query & { readonly buckets: number },
  signal?: Signal,
): Promise<Answer<TelemetryBuckets>> {
  return request(`files/${fileId}/telemetry`, { query, signal });
}

/** Of a satellite type. */
export function getTypeBuckets(
  query: Query & { readonly satelliteType: string; readonly buckets: number },
  signal?: Signal,
): Promise<Answer<TelemetryBuckets>> {
  return request("telemetry", { query, signal });
}

export function getSatellites(query: Query, signal?: Signal): Promise<Answer<Satellites>> {
  return request("satellites", { query, signal });
}

export function getSettings(signal?: Signal): Promise<Answer<Settings>> {
  return request("settings", { signal });
}

export function putSettings(change: SettingsChange): Promise<Answer<Settings>> {
  return request("settings", { method: "PUT", json: change });
}

export function postRetry(fileId: number): Promise<Answer<RetriedPackage>> {
  return request(`files/${fileId}/retry`, { method: "POST" });
}
