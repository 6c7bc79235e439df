/** What came of a request, and who made it: a sign, a word, a colour. */
import type { Activity, Actor, Outcome } from "../../domain/activity.ts";
import { userPart } from "../../domain/sentence-parts.ts";
import { icons } from "../parts/icons.tsx";
import { Value } from "../parts/value.tsx";
import styles from "./activity.module.css";

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  done: "Done",
  denied: "Denied",
  failed: "Failed",
  unfinished: "No answer",
};
const outcomeSigns = { done: icons.check, denied: icons.exclude, failed: icons.warning, unfinished: icons.clock };

export function OutcomeMark({ outcome, code }: { readonly outcome: Outcome; readonly code?: number | null }) {
  return (
    <span className={styles.mark} data-outcome={outcome} title={code ? `answered with ${code}` : undefined}>
      {outcomeSigns[outcome]}
      {outcomeWords[outcome]}
    </span>
  );
}

export const actorWords: Readonly<Record<Actor, string>> = {
  human: "People",
  machine: "Machines",
  anonymous: "Anonymous",
};
const unknown = (
  <svg
    width={16}
    height={16}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.9"
    strokeLinecap="round"
    aria-hidden="true"
    focusable="false"
  >
    <circle cx="12" cy="12" r="9" strokeDasharray="3 3" />
    <path d="M9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.8.4-1 .9-1 1.700M12 16.800h.01" />
  </svg>
);
const actorSigns = { human: icons.person, machine: icons.machine, anonymous: unknown };

type Caller = Pick<Activity, "user" | "impersonatedUser" | "actor" | "cluster" | "time">;

/** The caller, and whom they act as. */
export function Who({ of }: { readonly of: Caller }) {
  const caller = userPart(of.user);
  const acted = of.impersonatedUser === null ? undefined : userPart(of.impersonatedUser);
  return (
    <span className={styles.who}>
      {actorSigns[of.actor]}
      <UserValue facet="user" part={caller} of={of} />
      {acted === undefined ? null : (
        <>
          <span title="acting as" role="img" aria-label="acting as">
            →
          </span>
          <UserValue facet="impersonatedUser" part={acted} of={of} />
        </>
      )}
    </span>
  );
}

function UserValue({
  facet,
  part,
  of,
}: {
  readonly facet: string;
  readonly part: ReturnType<typeof userPart>;
  readonly of: Caller;
}) {
  return (
    <Value
      facet={facet}
      value={"value" in part ? part.value : part.text}
      list="activities"
      time={of.time}
      cluster={of.cluster}
    >
      {part.text}
    </Value>
  );
}
