// Builds the dashboard into dist/web, where the HTTP server finds it; `npm run dev:web` serves it while it is worked on.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Of a daemon, for `npm run dev:web`. */
const daemonUrl = "http://127.0.0.1:8080";

export default defineConfig({
  root: here("."),
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: here("../dist/web"),
    emptyOutDir: true,
    // The Content-Security-Policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    target: "es2022",
  },
  server: { proxy: { "/api": daemonUrl } },
});
