import { describe, expect, test } from "vitest";
import { below, nextPath } from "./next.ts";

describe("after the login", () => {
  test.each([
    ["/", "/"],
    ["/rules?tag=exec#top", "/rules?tag=exec#top"],
    ["/login?next=/", "/"],
    ["/loginless", "/loginless"],
    ["//evil.example", "/"],
    ["/\\evil.example", "/"],
    ["https://evil.example", "/"],
    ["javascript:alert(1)", "/"],
    [undefined, "/"],
    [["/a", "/b"], "/"],
  ])("%j goes to %j", (told, path) => {
    expect(nextPath(told)).toBe(path);
  });

  test("below a sub-path it stays there", () => {
    expect(below(new URL("https://a.example/tiercel/"), "/rules?x=1")).toBe("/tiercel/rules?x=1");
    expect(below(new URL("https://a.example/tiercel/"), "/../../x")).toBe("/x");
    expect(below(new URL("https://a.example/"), "/")).toBe("/");
  });
});
