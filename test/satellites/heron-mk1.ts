// The lines of the spacecraft model heron_mk1. Source: its interface control document.
import { satelliteType } from "../../src/satellites/satellite-type.ts";

export const heronMk1 = satelliteType(
  "heron_mk1",
  {
    timestamp: "time_utc",
    velocity: "speed",
    altitude: "height",
    latitude: "lat_deg",
    longitude: "lon_deg",
  },
  ["radar", "star_tracker"],
);
