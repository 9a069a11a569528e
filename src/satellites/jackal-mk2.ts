// The lines of the spacecraft model jackal_mk2. Source: rule R3 of the package format.
import { satelliteType } from "./satellite-type.ts";

export const jackalMk2 = satelliteType(
  "jackal_mk2",
  {
    timestamp: "ts",
    velocity: "vel",
    altitude: "alt",
    latitude: "lat",
    longitude: "long",
  },
  ["instrument1", "instrument3", "instrument4"],
);
