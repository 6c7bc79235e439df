/** Which rule and policies a detection is of, and what they say: its tags, its runbook. */
import { Anchor, Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Detection } from "../../domain/detection.ts";
import { get } from "../api.ts";
import { Value } from "../parts/value.tsx";
import styles from "./detail.module.css";
import { tagKind, tagTitle } from "./techniques.ts";

export function Facts({ detection }: { readonly detection: Detection }) {
  const { rule, policy, policies, tags, priority, time, cluster } = detection;
  const others = policies.filter((one) => one !== policy);
  return (
    <dl className={styles.facts}>
      <dt>Rule</dt>
      <dd>
        <Value facet="rule" value={rule} />{" "}
        <Anchor component={Link} to="/rules" search={{ rule } as never} size="xs" underline="always">
          show
        </Anchor>
        <Text size="xs" c="dimmed" span>
          {" "}
          · {priority}
        </Text>
      </dd>
      <dt>Policy</dt>
      <dd>
        <Value facet="policy" value={policy} time={time} cluster={cluster} />{" "}
        <Anchor component={Link} to="/policies/$name" params={{ name: policy } as never} size="xs" underline="always">
          show
        </Anchor>
        {others.length > 0 ? (
          <Text size="xs" c="dimmed" span>
            {" "}
            · also {others.join(", ")}
          </Text>
        ) : null}
      </dd>
      {tags.length > 0 ? (
        <>
          <dt>Tags</dt>
          <dd className={styles.tags}>
            {tags.map((tag) => (
              <span key={tag} className={styles.tag} data-kind={tagKind(tag)}>
                <Value facet="tag" value={tag}>
                  {tagTitle(tag)}
                </Value>
              </span>
            ))}
          </dd>
        </>
      ) : null}
    </dl>
  );
}

/** What the policy says to do, where it says so. */
export function Runbook({ policy }: { readonly policy: string }) {
  const { data } = useQuery({
    queryKey: ["policy", policy],
    queryFn: ({ signal }) =>
      get<{ readonly runbook?: string | null }>(`policies/${encodeURIComponent(policy)}`, {}, signal),
    retry: false,
    staleTime: 60_000,
  });
  const runbook = data?.runbook;
  if (!runbook || !/^https?:\/\//i.test(runbook)) return null;
  return (
    <Button component="a" size="compact-xs" variant="default" href={runbook} target="_blank" rel="noreferrer noopener">
      Runbook
    </Button>
  );
}
