/** How the pages are built: `src/ui` to `dist/ui`, every address relative, so that they work below a sub-path. */
import { defineConfig } from "vite";

export default defineConfig({
  root: "src/ui",
  base: "./",
  publicDir: "public",
  build: {
    outDir: "../../dist/ui",
    manifest: true,
    emptyOutDir: true,
    target: "es2022",
    // What is inlined becomes a `data:` address, which the content policy does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    // Mantine marks its modules for servers that render; here all runs in the browser.
    rolldownOptions: { onLog: (level, log, tell) => log.code === "MODULE_LEVEL_DIRECTIVE" || tell(level, log) },
  },
  worker: { format: "es" },
  oxc: { jsx: { runtime: "automatic" } },
  // `npm run dev` beside a running server: pages from here, answers from there.
  server: { host: "127.0.0.1", proxy: { "^/(api|auth)/": "http://127.0.0.1:7766" } },
  plugins: [
    {
      name: "base-of-development",
      apply: "serve",
      transformIndexHtml: (html) => html.replace("<head>", '<head><base href="/">'),
    },
  ],
});
