// The list of all satellite types. A new type is one more file in this folder and one more name here, see
// docs/satellites.md.
import { jackalMk1 } from "./jackal-mk1.ts";
import { jackalMk2 } from "./jackal-mk2.ts";
import type { SatelliteType } from "./satellite.ts";

const types = [jackalMk1, jackalMk2];

/** By name. A Map: in an object, "constructor" would be a known type. */
export const satelliteTypes: ReadonlyMap<string, SatelliteType> = new Map(
  types.map((type) => [type.name, type]),
);

/** The type of a package that has been found to be of a known one. @throws {RangeError} it is not, or not any more */
export function knownType(name: string | null): SatelliteType {
  const type = satelliteTypes.get(name ?? "");
  if (type === undefined) throw new RangeError(`expected a known type, got ${name}`);
  return type;
}
