import { defineConfig } from "vitest/config";

// Suites named *.conformance.ts read the shared referee data; they run under `npm test` too, and skip by name where it is absent.
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "src/**/*.conformance.ts", "rules/**/*.test.ts", "scripts/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
