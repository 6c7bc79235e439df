/** What a detection or an activity tells, in plain words: who did what, to what, and what came of it. */
import type { Activity } from "./activity.ts";
import type { Detection } from "./detection.ts";
import { type SentencePart, say, userPart, valued } from "./sentence-parts.ts";
import { phraseOf } from "./sentence-phrases.ts";
import { answerWords, past } from "./sentence-words.ts";
import { type ToldRequest, toldActivity, toldDetection } from "./told-request.ts";

export { type SentencePart, sentenceText } from "./sentence-parts.ts";

/** Both are told more fully with their event. */
export type Told = (Detection & { readonly event?: unknown }) | Activity;

export function sentenceOf(item: Told): readonly SentencePart[] {
  if ("outcome" in item) return sentence(toldActivity(item));
  // What the judge itself tells is no request of anybody's.
  const isRequest =
    item.verb !== null && (item.resource !== null || item.requestURI != null || "ka.uri" in item.fields);
  return isRequest ? sentence(toldDetection(item)) : [{ text: item.output }];
}

function sentence(told: ToldRequest): SentencePart[] {
  const { verb, rest } = phraseOf(told);
  const did =
    told.outcome === "done" ? past(verb) : told.outcome === "unfinished" ? `asked to ${verb}` : `tried to ${verb}`;
  return say`${who(told)} ${did} ${rest}${asDryRun(told)}${tail(told)}`;
}

function who({ user, impersonatedUser }: ToldRequest): SentencePart[] {
  const caller = userPart(user);
  return impersonatedUser === null
    ? [caller]
    : say`${caller} acting as ${{ ...userPart(impersonatedUser), facet: "impersonatedUser" }}`;
}

const asDryRun = ({ dryRun, outcome }: ToldRequest): string =>
  dryRun ? (outcome === "done" ? " as a dry run, which changes nothing" : " as a dry run") : "";

function tail(told: ToldRequest): SentencePart[] {
  const { outcome, code, verb, message = "", hasCodes } = told;
  if (outcome === "done") return [];
  if (code === null || code < 100) return outcome === "failed" ? say`, but failed` : [];
  const shown = hasCodes ? valued("code", `${code}`) : `${code}`;
  if (code === 401) return say`, but was not let in (${shown})`;
  if (code === 403 && /cannot impersonate/.test(message)) return say`, but may not act as others (${shown})`;
  if (code === 403) return say`, but was refused (${shown})`;
  if (outcome === "unfinished") return [];
  if (code < 400) return say`, but it broke off (${shown})`;
  if (code === 409 && verb === "create") return say`, but it is there already (${shown})`;
  const words = answerWords(code);
  return words === "" ? say`, but failed (${shown})` : say`, but failed (${shown} ${words})`;
}
