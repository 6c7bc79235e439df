import { expect, test } from "vitest";
import { unmetRequirement } from "./plugins.ts";

const audit = [
  { name: "k8saudit", version: "0.7.0" },
  { name: "k8saudit-eks", version: "0.4.0" },
];

test("one of the alternatives is enough, and nothing is required of nobody", () => {
  expect(unmetRequirement([audit], [{ name: "k8saudit-eks", version: "0.4.1" }])).toBeUndefined();
  expect(unmetRequirement([], [])).toBeUndefined();
});

test("the first that is loaded decides", () => {
  const loaded = [
    { name: "k8saudit", version: "0.6.0" },
    { name: "k8saudit-eks", version: "0.4.0" },
  ];
  expect(unmetRequirement([audit], loaded)).toBe(
    "Plugin 'k8saudit' version '0.6.0' is not compatible with required plugin version '0.7.0'",
  );
});

test("what is missing is named with all its alternatives", () => {
  expect(unmetRequirement([audit], [{ name: "json", version: "0.7.0" }])).toBe(
    "Plugin requirement not satisfied, must load one of: k8saudit (>= 0.7.0), k8saudit-eks (>= 0.4.0)",
  );
});

test("a loaded plugin's version has to be one", () => {
  expect(unmetRequirement([audit], [{ name: "k8saudit", version: "new" }])).toBe(
    "Plugin 'k8saudit' has invalid version string 'new'",
  );
});
