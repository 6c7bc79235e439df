import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Suites named *.conformance.ts put the shared referee's data to us; where that is absent they skip by name.
export default defineConfig({
  test: {
    include: ["src/**/*.{test,conformance,journey}.ts", "rules/**/*.test.ts", "scripts/**/*.test.ts"],
    reporters: ["default", "./scripts/count-reporter.ts"],
    // Much of a run is waiting for peers and clocks, so two cores carry two files at once.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
