// The names of the satellite types: asked for once, for they change with the daemon's program only.
import { signal } from "@preact/signals";
import { getSatellites } from "../api/routes.ts";

export const satelliteTypes = signal<readonly string[]>([]);

let isAsked = false;

export async function askSatelliteTypes(): Promise<void> {
  if (isAsked) return;
  isAsked = true;
  const answer = await getSatellites({ buckets: 1 });
  isAsked = answer.ok;
  if (answer.ok) satelliteTypes.value = answer.body.satellites.map((one) => one.satelliteType);
}
