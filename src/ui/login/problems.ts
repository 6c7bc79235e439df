/** Why an identity provider let nobody in, in words: only these are shown, never what an address says. */

const words: Readonly<Record<string, (provider: string) => readonly [string, string]>> = {
  unknown: (provider) => [
    `No identity provider is called ${provider} here.`,
    "Its name in the configuration may have changed.",
  ],
  unreachable: (provider) => [
    `${provider} cannot be asked at the moment.`,
    "Log in with a password, or try again later. The server's log says more.",
  ],
  expired: () => ["This login was begun elsewhere, or too long ago.", "Begin again here."],
  refused: (provider) => [`${provider} did not confirm the login.`, "Begin again. The server's log says more."],
  "no-name": (provider) => [
    `${provider} did not say a user's name that can be used here.`,
    "An admin can name another claim with `user_claim`.",
  ],
  "no-role": () => ["You are known, but none of your groups has a role here.", "Ask an admin of Tiercel for one."],
  taken: () => [
    "Another user here has your name, and it is not known to be you.",
    "Ask an admin of Tiercel to remove or rename that user.",
  ],
  disabled: () => ["You are kept out here.", "Ask an admin of Tiercel."],
};

/** What happened and what to do; undefined where the address tells of no trouble that we know. */
export function signInProblem(
  problem: unknown,
  provider: unknown,
  providers: readonly { readonly name: string; readonly title: string }[],
): readonly [string, string] | undefined {
  if (typeof problem !== "string" || !Object.hasOwn(words, problem)) return undefined;
  // A title of ours, never a text of the address.
  const title = providers.find(({ name }) => name === provider)?.title ?? "The identity provider";
  return words[problem]?.(problem === "unknown" ? "that" : title);
}
