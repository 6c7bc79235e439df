import { expect, test } from "vitest";
import { changeSentence, differenceOf } from "./change-words.ts";

test("a change is a sentence", () => {
  expect(changeSentence({ kind: "policy", id: "Exec", action: "update" })).toBe("changed the policy Exec");
  expect(changeSentence({ kind: "session", id: "bob", action: "login-failed" })).toBe("failed to log in");
  expect(changeSentence({ kind: "channel", id: "ops", action: "delete" })).toBe("removed channel ops");
});

test("objects differ member by member, however deep", () => {
  const before = JSON.stringify({ role: "viewer", scope: { namespaces: ["a"], users: [] }, same: 1 });
  const after = JSON.stringify({ role: "admin", scope: { namespaces: ["a", "b"], users: [] }, same: 1, extra: true });
  expect(differenceOf({ before, after })).toEqual({
    kind: "fields",
    fields: [
      { name: "role", before: "viewer", after: "admin" },
      { name: "scope.namespaces", before: "a", after: "a, b" },
      { name: "extra", before: undefined, after: "true" },
    ],
  });
});

test("what is made or removed is told whole, and texts as texts", () => {
  expect(differenceOf({ before: null, after: '{"role":"viewer"}' })).toEqual({
    kind: "fields",
    fields: [{ name: "role", before: undefined, after: "viewer" }],
  });
  expect(differenceOf({ before: "- rule: A\n", after: "- rule: B\n" })).toEqual({
    kind: "text",
    before: "- rule: A\n",
    after: "- rule: B\n",
  });
  expect(differenceOf({ before: "{not json", after: null })).toEqual({ kind: "text", before: "{not json", after: "" });
  expect(differenceOf({ before: null, after: null })).toBeUndefined();
});

test("a policy that came with us is changed and put back, never made or removed", () => {
  const line = { kind: "policy", id: "Ours", before: null, after: null };
  const managed = '{"kind":"managed","enabled":false,"switches":{}}';
  expect(changeSentence({ ...line, action: "create", after: managed })).toBe("changed the policy Ours");
  expect(changeSentence({ ...line, action: "delete", before: managed })).toBe("put the policy Ours back as it came");
  expect(changeSentence({ ...line, action: "create", after: '{"kind":"custom"}' })).toBe("made the policy Ours");
});
