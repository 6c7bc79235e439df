import { describe, expect, test } from "vitest";
import { operators } from "./operators.ts";
import { parseCondition } from "./parse.ts";
import { planCondition } from "./plan.ts";
import { languageAbout, languageCatalogue } from "./testing/language-world.ts";
import { combiningTransformers, simpleTransformers } from "./transformers.ts";

describe.each(Object.entries({ ...operators, ...simpleTransformers, ...combiningTransformers }))(
  "%s",
  (_name, { doc, examples }) => {
    test("is told in a sentence", () => {
      expect(doc).toMatch(/^[A-Z].*\.$/);
    });

    test.each(examples)("%s of %j: %s", (condition, fields, answer) => {
      const parsed = parseCondition(condition);
      const plan = parsed.ok ? planCondition(parsed.value, languageCatalogue, { falcoCompat: false }) : parsed;
      expect(plan.ok ? plan.value.test(fields, languageAbout) : plan.problem.message).toBe(answer);
    });
  },
);
