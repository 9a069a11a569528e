// The file as what it is: TopoJSON. Its own JSON type would say no more than "string" of each kind of geometry.
declare module "world-atlas/land-110m.json" {
  import type { feature } from "topojson-client";

  const topology: Parameters<typeof feature>[0];
  export default topology;
}
