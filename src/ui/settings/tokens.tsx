/** Tokens for programs: what is one is shown once, when it is made. */
import { ActionIcon, Button, ScrollArea, Skeleton, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { MadeToken, Token, Tokens as TokenList } from "../../api/tokens/schema.ts";
import { get, send } from "../api.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Empty } from "../parts/empty.tsx";
import { icons } from "../parts/icons.tsx";
import { Problem } from "../parts/problem.tsx";
import { When } from "../parts/time.tsx";
import { NewNamed } from "./new-named.tsx";
import { Once } from "./once.tsx";
import { roleWords } from "./roles.ts";
import { Section } from "./section.tsx";
import { useChange } from "./use-change.ts";

const tokenRoles = ["viewer", "editor", "admin", "ingest"] as const;

export function Tokens() {
  const { data, error, refetch, isPending } = useQuery({
    queryKey: ["tokens"],
    queryFn: () => get<TokenList>("tokens"),
  });
  const [adds, setAdds] = useState(false);
  const [made, setMade] = useState<MadeToken>();
  const [removed, setRemoved] = useState<Token>();
  const { isBusy, change } = useChange("tokens");

  async function add(name: string, role: string, cluster: string | undefined) {
    const answer = await change(() => send<MadeToken>("POST", "tokens", { name, role, cluster }));
    if (answer === undefined) return;
    setMade(answer.data);
    setAdds(false);
  }
  async function remove(name: string) {
    await change(() => send("DELETE", `tokens/${encodeURIComponent(name)}`), `The token ${name} lets nobody in now.`);
    setRemoved(undefined);
  }

  return (
    <Section
      title="API tokens"
      hint="For programs, sent as “Authorization: Bearer …”. Only hashes are kept. A token that sends audit events reads nothing, and one that reads never sends."
      actions={
        <Button size="compact-sm" leftSection={icons.plus} onClick={() => setAdds(true)}>
          Make a token
        </Button>
      }
    >
      {made === undefined ? null : (
        <Once
          title={`The token ${made.name}`}
          secret={made.secret}
          hint="Copy it to where it is needed: it is not kept here, and never shown again."
          onClose={() => setMade(undefined)}
        />
      )}
      {error ? <Problem error={error} retry={refetch} /> : null}
      {isPending ? <Skeleton height={96} aria-label="Loading" /> : null}
      {data?.items.length === 0 ? (
        <Empty title="No tokens yet" hint="A script that reads detections needs one with the role viewer." />
      ) : null}
      {data === undefined || data.items.length === 0 ? null : (
        <ScrollArea type="auto" offsetScrollbars="x">
          <Table miw={560} verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Role</Table.Th>
                <Table.Th>Cluster</Table.Th>
                <Table.Th>Made</Table.Th>
                <Table.Th>
                  <span className="visually-hidden">What can be done</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.items.map((token) => (
                <Table.Tr key={token.name}>
                  <Table.Td>{token.name}</Table.Td>
                  <Table.Td title={roleWords[token.role]}>{token.role}</Table.Td>
                  <Table.Td>{token.cluster ?? (token.role === "ingest" ? "any" : "–")}</Table.Td>
                  <Table.Td>
                    <When time={token.createdAt} />
                  </Table.Td>
                  <Table.Td ta="right">
                    <ActionIcon
                      variant="subtle"
                      c="inherit"
                      aria-label={`Remove the token ${token.name}`}
                      onClick={() => setRemoved(token)}
                    >
                      {icons.trash}
                    </ActionIcon>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
      <NewNamed
        opened={adds}
        title="Make a token"
        nameHint="What it is for: grafana, nightly-report"
        roles={tokenRoles}
        clusterFor="ingest"
        action="Make the token"
        busy={isBusy}
        onAdd={(name, role, cluster) => void add(name, role, cluster)}
        onClose={() => setAdds(false)}
      />
      <Confirm
        opened={removed !== undefined}
        title={`Remove the token ${removed?.name ?? ""}?`}
        action="Remove"
        danger
        busy={isBusy}
        onConfirm={() => removed && void remove(removed.name)}
        onClose={() => setRemoved(undefined)}
      >
        Whatever uses it is refused from then on.
        {removed?.role === "ingest" ? " Its cluster's audit events stop coming." : ""}
      </Confirm>
    </Section>
  );
}
