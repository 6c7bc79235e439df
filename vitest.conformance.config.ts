import { defineConfig } from "vitest/config";

// `npm run conformance`: every suite that reads TIERCEL_CONFORMANCE, and nothing else.
export default defineConfig({
  test: {
    include: ["src/**/*.conformance.ts", "rules/**/*.conformance.ts"],
    reporters: ["default", "./scripts/count-reporter.ts"],
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
