/** Queries as Go reads them: all or nothing for Falco's field, pair by pair as the API server acts on them. */
import { expect, test } from "vitest";
import { query, strictQuery } from "./uri.ts";

test.each([
  ["/x?command=%2Fbin%2Fsh+-c&command=id#f?g", { command: ["/bin/sh -c", "id"] }],
  ["/x?a&b=&=c&&d=e=f", { a: [""], b: [""], "": ["c"], d: ["e=f"] }],
  ["//host:80/path?a=1", { a: ["1"] }],
  ["https://u:p@h/?a=%E2%82%AC", { a: ["€"] }],
  ["?a=1", { a: ["1"] }],
  ["/x?a=%ff", { a: ["\udcff"] }],
])("%s", (uri, parameters) => {
  expect(Object.fromEntries(strictQuery(uri) ?? [])).toEqual(parameters);
});

test.each(["/x?a=%zz&b=1", "/x?a=1;b=2", "/%x?a=1", "/x?a=1#%", ":a?b=1", "/x\u0001?a=1", "//h:x/?a=1", "//h%41/?a=1"])(
  "%j is nothing to Falco",
  (uri) => {
    expect(strictQuery(uri)).toBeUndefined();
  },
);

test("a broken pair hides no other from us", () => {
  expect(Object.fromEntries(query("/exec?x=%zz&command=sh&y=1;z=2&command=-c"))).toEqual({ command: ["sh", "-c"] });
});
