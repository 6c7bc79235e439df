import { describe, expect, test } from "vitest";
import { hashOf, isPassword, passwordProblem, TooBusy } from "./password.ts";

describe("a password", () => {
  test("is known by its hash, which is another one each time and tells how it was made", async () => {
    const [one, other] = [await hashOf("correct horse"), await hashOf("correct horse")];
    expect(one).not.toBe(other);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await isPassword("correct horse", one)).toBe(true);
    expect(await isPassword("correct horse", other)).toBe(true);
    expect(await isPassword("correct horse ", one)).toBe(false);
    expect(await isPassword("", one)).toBe(false);
  });

  test("made with other parameters still fits: they stand in the hash", async () => {
    // argon2id of `password` with salt `somesalt`, as the reference implementation prints it.
    const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    expect(await isPassword("password", reference)).toBe(true);
    expect(await isPassword("passwore", reference)).toBe(false);
  });

  test("typed on another keyboard is the same one", async () => {
    expect(await isPassword("cafe\u0301 au lait", await hashOf("caf\u00e9 au lait"))).toBe(true);
  });

  test.each([null, undefined, "", "plain text", "$argon2id$v=19$m=1,t=1$x$y"])("%j is nobody's hash", async (hash) => {
    expect(await isPassword("", hash)).toBe(false);
    expect(await isPassword("plain text", hash)).toBe(false);
  });

  test("is refused where it would be guessed", () => {
    expect(passwordProblem("eleven char", "bob")).toContain("12 characters or more");
    expect(passwordProblem("Roberta-is-in", "roberta")).toContain("user's name");
    expect(passwordProblem("abababababab", "bob")).toContain("four different");
    expect(passwordProblem("four words are enough", "bob")).toBeUndefined();
    expect(passwordProblem("😀😁😂🤣😃😄😅😆😇😈😉😊", "bob")).toBeUndefined();
  });

  test("waits when many come at once, and beyond a queue says so instead of piling up", async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 80 }, () => isPassword("x", null)));
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused.length).toBe(80 - 2 - 64);
    expect(refused.every(({ reason }) => reason instanceof TooBusy)).toBe(true);
    expect(await isPassword("x", null)).toBe(false);
  });
});
