import { expect, test } from "vitest";
import { getopt, getoptValue, readOptions } from "./getopt.ts";

test.each<[string, string[], string[]]>([
  ["n", ["-n", ""], ["n"]],
  ["t:", ["-t", "hello"], ["t", "hello"]],
  ["nt:", ["-nt", "hello"], ["n", "t", "hello"]],
  ["t:", ["-thello"], ["t", "hello"]],
  ["nt:", ["-n", "--", "-t"], ["n"]],
  ["n", ["-x"], ["?"]],
  ["n", ["-x:n"], ["?", "?", "n"]],
  ["lp:e:", ["-lpe", "/bin/sh"], ["l", "p", "e"]],
  ["nt", ["-n", "file", "-t"], ["n"]],
  ["n", ["-", "-n"], []],
  ["n", ["", "-n"], []],
  ["t:", ["-t"], [""]],
  [":t:", ["-t"], [""]],
  ["n", ["--exec", "-n"], ["n"]],
  ["t:", ["-t", "-123"], ["t", "-123"]],
  ["t:", ["-t", "--", "-t", "x"], ["t", "--", "t", "x"]],
])("with `%s` the words %j yield %j", (options, words, all) => {
  expect(getopt(words, readOptions(options))).toEqual(all);
});

test.each<[string, string[], string, string | undefined]>([
  ["nt:", ["-n", "-t", "hello"], "t", "hello"],
  ["nt:", ["-n"], "n", "n"],
  ["t:", ["-t", "v1", "-t", "v2"], "t", "v2"],
  ["nt:", ["-n"], "t", undefined],
  ["t:", ["-t"], "t", ""],
  ["t:", ["-t", "v1", "-t"], "t", ""],
  ["n", ["-?"], "?", undefined],
])("with `%s` the words %j give `%s` the value %j", (options, words, wanted, value) => {
  expect(getoptValue(words, readOptions(options), wanted)).toBe(value);
});
