/** How a cluster's auditing is turned on: its kind chosen, its plan seen, the command copied, the files taken. */
import { Alert, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { MadeCluster } from "../../api/clusters/schema.ts";
import type { Distributions, PlanView, PlanWish } from "../../api/distributions/schema.ts";
import { get, send } from "../api.ts";
import { icons } from "../parts/icons.tsx";
import { Problem } from "../parts/problem.tsx";
import { EnableForm, type EnableWish, hostsOf, missing } from "./enable-form.tsx";
import { FileText } from "./file-text.tsx";
import { Notes } from "./notes.tsx";
import { PlanSteps } from "./plan-steps.tsx";

const first: EnableWish = { kind: "kubeadm", options: {}, hosts: "", kubernetes: "", levelCap: "" };

export function EnablePlan({ made }: { readonly made: MadeCluster }) {
  const [wish, setWish] = useState(first);
  const kinds = useQuery({
    queryKey: ["distributions"],
    queryFn: () => get<Distributions>("distributions"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (kinds.error !== null) return <Problem error={kinds.error} retry={kinds.refetch} />;
  if (kinds.data === undefined) return <Skeleton height={60} role="status" aria-label="Loading" />;
  const one = kinds.data.items.find(({ name }) => name === wish.kind);
  const lacks = missing(one, wish);
  return (
    <Stack gap="md">
      <EnableForm kinds={kinds.data.items} wish={wish} onChange={setWish} />
      {lacks.length > 0 ? (
        <Text size="sm" c="dimmed">
          The plan comes when this is filled in: {lacks.join(", ").replaceAll("-", " ")}.
        </Text>
      ) : one?.takesHosts === true && one.name === "talos" && hostsOf(wish.hosts).length === 0 ? (
        <Text size="sm" c="dimmed">
          The plan comes when the control-plane hosts are named.
        </Text>
      ) : (
        <Planned made={made} wish={wish} />
      )}
    </Stack>
  );
}

function Planned({ made, wish }: { readonly made: MadeCluster; readonly wish: EnableWish }) {
  const [settled] = useDebouncedValue(wish, 250);
  const { kind, options, hosts, kubernetes, levelCap } = settled;
  const body: PlanWish = {
    cluster: made.name,
    receiver: made.receiver,
    options: Object.fromEntries(Object.entries(options).filter(([, value]) => value.trim() !== "")),
    hosts: [...hostsOf(hosts)],
    ...(kubernetes.trim() === "" ? {} : { kubernetes: kubernetes.trim() }),
    ...(levelCap === "" ? {} : { levelCap: levelCap as "Request" | "Metadata" }),
  };
  const plan = useQuery({
    queryKey: ["plan", kind, body],
    queryFn: async () => (await send<PlanView>("POST", `distributions/${encodeURIComponent(kind)}/plan`, body)).data,
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (plan.error !== null) return <Problem error={plan.error} />;
  if (plan.data === undefined) return <Skeleton height={240} role="status" aria-label="Loading the plan" />;
  const { command, steps, notes, unseen, text, files } = plan.data;
  const sends = files.some(({ secret }) => secret) || text.includes("<token>");
  // The token is known to this page alone: it was never sent to make a plan.
  const withToken = (content: string) => content.replaceAll("<token>", made.token);
  return (
    <Stack gap="md">
      <FileText
        name="enable.sh"
        title="The command"
        hint="It looks at the cluster, shows the plan for what it finds, asks, and does it. With --dry-run it only shows."
        text={`${sends ? `export TIERCEL_INGEST_TOKEN=${made.token}\n` : ""}${command}\n`}
      />
      <Alert color="blue" variant="outline" icon={icons.info} title="This is the plan for a new cluster">
        A browser cannot look at hosts. The command does, leaves alone what is there already, and refuses where somebody
        else has configured auditing.
        {unseen.length === 0 ? null : (
          <details>
            <summary>What it looks at first</summary>
            <ul>
              {unseen.map((what) => (
                <li key={what}>
                  <Text size="xs" span>
                    {what}
                  </Text>
                </li>
              ))}
            </ul>
          </details>
        )}
      </Alert>
      <section aria-labelledby="plan-steps">
        <Title order={3} size="h6" id="plan-steps" mb={6}>
          What it does
        </Title>
        <PlanSteps steps={steps} />
      </section>
      <Notes notes={notes} />
      <section aria-labelledby="plan-files">
        <Title order={3} size="h6" id="plan-files" mb={6}>
          By hand, or from a repository
        </Title>
        <Stack gap="sm">
          {files.map(({ path, doc, content, secret }) => (
            <FileText
              key={path}
              name={path.split("/").at(-1) ?? path}
              title={path}
              hint={secret ? `${doc}. It holds the token: in nobody's repository.` : doc}
              text={withToken(content)}
            />
          ))}
          <FileText name="plan.txt" title="The plan as text" hint="As --dry-run prints it." text={text} />
        </Stack>
      </section>
      <Text size="sm">
        Then <code>tiercel verify {kind}</code> proves it with a real event, and <code>tiercel disable {kind}</code>{" "}
        puts back what was.
      </Text>
    </Stack>
  );
}
