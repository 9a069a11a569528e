// The lines of the spacecraft model jackal_mk1. Source: rule R3 of the package format.
import { satelliteType } from "./satellite-type.ts";

export const jackalMk1 = satelliteType(
  "jackal_mk1",
  {
    timestamp: "timestamp",
    velocity: "velocity",
    altitude: "altitude",
    latitude: "latitude",
    longitude: "longitude",
  },
  ["instrument1", "instrument2"],
);
