import { expect, test } from "vitest";
import type { ExceptionCandidate } from "../../engine/propose-exception.ts";
import { choicesOf, wishedFields, withComp, wordsOf } from "./choices.ts";

const candidate = (change: Partial<ExceptionCandidate>): ExceptionCandidate => ({
  field: "ka.user.name",
  doc: "Who asks.",
  from: "who",
  value: "alice",
  comp: "=",
  proposed: "alice",
  comps: ["=", "in", "startswith"],
  trust: "server",
  falcoHas: true,
  suggested: true,
  ...change,
});
const [user, agent, groups] = choicesOf([
  candidate({}),
  candidate({
    ...{ field: "ka.useragent", value: "kubectl/v1.30", comp: "startswith", proposed: "kubectl/", suggested: false },
  }),
  candidate({ field: "ka.user.groups", value: ["dev", "ops"], comp: "intersects", proposed: ["dev"], suggested: true }),
]) as [ReturnType<typeof choicesOf>[0], ReturnType<typeof choicesOf>[0], ReturnType<typeof choicesOf>[0]];

test("what is suggested is chosen, with the proposed operator and value", () => {
  const fields = wishedFields([user, agent, groups]);
  expect(fields).toEqual([
    { field: "ka.user.name", comp: "=", value: "alice" },
    { field: "ka.user.groups", comp: "intersects", value: ["dev"] },
  ]);
  expect(wordsOf(fields)).toBe("ka.user.name is alice, and ka.user.groups holds one of dev");
});

test("another operator takes the event's value in its own form; going back takes what was proposed", () => {
  expect(withComp(agent, "=").value).toBe("kubectl/v1.30");
  expect(withComp(agent, "in").value).toEqual(["kubectl/v1.30"]);
  expect(withComp(withComp(agent, "="), "startswith").value).toBe("kubectl/");
  expect(withComp(groups, "in").value).toEqual(["dev"]);
});

test("between operators that take one text, what was typed stays", () => {
  const typed = { ...withComp(agent, "contains"), value: "curl" };
  expect(withComp(typed, "endswith").value).toBe("curl");
});

test("a field without a value is left out", () => {
  expect(
    wishedFields([
      { ...user, value: "" },
      { ...groups, value: [] },
    ]),
  ).toEqual([]);
});
