// The layers, top first. A room may import from its own layer and from those below it, never upwards.
const layers = [
  ["main", "daemon", "supervision-log", "daemon-metrics", "tree", "cli"],
  ["api"],
  ["watcher"],
  ["parsers"],
  ["staging", "persister"],
  ["satellites", "database", "registry", "folders", "queries", "settings"],
  ["supervisor", "observability"],
  ["config", "errors"],
];
const rooms = (names) => `^src/(${names.join("|")})(/|\\.ts$)`;

const upwards = layers.map((layer, depth) => ({
  name: `${layer.join("-")}-imports-only-downwards`,
  severity: "error",
  from: { path: rooms(layer) },
  to: { path: "^src/", pathNot: rooms([...layer, ...layers.slice(depth + 1).flat()]) },
}));

export default {
  forbidden: [
    ...upwards,
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "every-room-has-a-layer",
      severity: "error",
      from: { path: "^src/", pathNot: rooms(layers.flat()) },
      to: {},
    },
    {
      name: "supervisor-imports-errors-alone",
      severity: "error",
      from: { path: "^src/supervisor/" },
      to: { path: "^src/", pathNot: "^src/(supervisor/|errors\\.ts$)" },
    },
    {
      name: "observability-imports-nothing-of-ours",
      severity: "error",
      from: { path: "^src/observability/" },
      to: { path: "^src/", pathNot: "^src/observability/" },
    },
    {
      name: "satellites-are-pure",
      severity: "error",
      from: { path: "^src/satellites/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, path: "^src/", pathNot: "(main|cli/.*|.*-worker)\\.ts$" },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    // TypeScript 7 has no API to read with: without @swc/core installed this would say "0 modules", and be green.
    parser: "swc",
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js"],
      conditionNames: ["import", "node", "default"],
    },
  },
};
