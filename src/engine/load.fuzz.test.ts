import fc from "fast-check";
import { expect, test } from "vitest";
import { describe } from "./describe.ts";
import { load } from "./load.ts";
import { reportJson, reportText } from "./report.ts";
import { languageAbout, languageCatalogue } from "./testing/language-world.ts";

const world = { sources: new Map([["k8s_audit", languageCatalogue]]) };

const word = fc.constantFrom(
  ...["rule", "macro", "list", "condition", "output", "desc", "priority", "source", "items", "append", "override"],
  ...["exceptions", "name", "fields", "comps", "values", "enabled", "tags", "required_engine_version", "INFO"],
  ...["k8s_audit", "m", "l", "r", "t.str = a", "m and l", "in (l)", "t.strs", "replace", "true", "", "~", "%t.str"],
  ...["<<", "&a", "*a", "- ", ": ", "\n", "\n  ", "\n- ", "|", ">", '"', "'", "[", "]", "{", "}", "#", "---", "\t"],
);
const yaml = fc.array(fc.oneof({ weight: 8, arbitrary: word }, { weight: 1, arbitrary: fc.string() }), {
  maxLength: 60,
});

/** Items of the right shape with anything in them. */
const scalar = fc.oneof(word, fc.string({ unit: "binary", maxLength: 12 }));
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(scalar, scalar, { maxKeys: 3 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.dictionary(word, fc.array(scalar, { maxLength: 2 }), { maxKeys: 4 }), { maxLength: 2 }),
  },
);
const items = fc.array(fc.dictionary(word, value, { maxKeys: 8 }), { maxLength: 6 });

function survives(text: string): void {
  for (const mode of ["lenient", "falco", "falco-validate"] as const) {
    const loaded = load(
      [
        { name: "a", text },
        { name: "b", text },
      ],
      world,
      mode,
    );
    for (const file of loaded.files) {
      expect(typeof reportText(file)).toBe("string");
      JSON.stringify(reportJson(file));
    }
    describe(loaded);
    loaded.ruleSet.judge({ "t.str": "a" }, languageAbout);
    for (const { place } of loaded.diagnostics) {
      expect(place?.from).toBeGreaterThanOrEqual(0);
      expect(place?.to).toBeGreaterThanOrEqual(place?.from ?? 0);
      expect(place?.to).toBeLessThanOrEqual(place?.source.text.length ?? 0);
    }
  }
}

test("no text makes loading throw, and every place is in the file", () => {
  fc.assert(
    fc.property(yaml, (parts) => survives(parts.join(" "))),
    { numRuns: 300 },
  );
});

test("no items make loading throw", () => {
  fc.assert(
    fc.property(items, (all) => survives(JSON.stringify(all))),
    { numRuns: 300 },
  );
});
