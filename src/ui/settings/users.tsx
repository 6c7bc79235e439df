/** Who may log in, and what they may. */
import { ActionIcon, Badge, Button, Menu, NativeSelect, ScrollArea, Skeleton, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { InvitedUser, LoginLink, User, Users as UserList } from "../../api/users/schema.ts";
import type { Role } from "../../domain/people.ts";
import { get, send } from "../api.ts";
import { Confirm } from "../parts/confirm.tsx";
import { icons } from "../parts/icons.tsx";
import { Problem } from "../parts/problem.tsx";
import { When } from "../parts/time.tsx";
import { useSession } from "../session.ts";
import { NewNamed } from "./new-named.tsx";
import { Once } from "./once.tsx";
import { roleWords, userRoles } from "./roles.ts";
import { Section } from "./section.tsx";
import { useChange } from "./use-change.ts";

const path = (user: string, more = "") => `users/${encodeURIComponent(user)}${more}`;

export function Users() {
  const { data, error, refetch, isPending } = useQuery({ queryKey: ["users"], queryFn: () => get<UserList>("users") });
  const [adds, setAdds] = useState(false);
  const [link, setLink] = useState<LoginLink>();
  const { isBusy, change } = useChange("users");

  async function add(name: string, role: string) {
    const made = await change(() => send<InvitedUser>("POST", "users", { name, role }), `${name} may log in.`);
    if (made === undefined) return;
    setLink(made.data.link);
    setAdds(false);
  }

  return (
    <Section
      title="Users"
      hint="Whoever an identity provider lets in appears here by themselves at their first login."
      actions={
        <Button size="compact-sm" leftSection={icons.plus} onClick={() => setAdds(true)}>
          Add a user
        </Button>
      }
    >
      {link === undefined ? null : (
        <Once
          title={`A login link for ${link.user}`}
          secret={link.href}
          hint={
            <>
              Hand it over by a way that nobody else reads. It lets in once, until{" "}
              <When time={link.expiresAt} relative={false} />, to choose a password. It is not shown again.
            </>
          }
          onClose={() => setLink(undefined)}
        />
      )}
      {error ? <Problem error={error} retry={refetch} /> : null}
      {isPending ? <Skeleton height={96} aria-label="Loading" /> : null}
      {data === undefined ? null : (
        <ScrollArea type="auto" offsetScrollbars="x">
          <Table miw={620} verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Role</Table.Th>
                <Table.Th>Logs in by</Table.Th>
                <Table.Th>Last login</Table.Th>
                <Table.Th>
                  <span className="visually-hidden">What can be done</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.items.map((user) => (
                <UserRow key={user.name} user={user} isBusy={isBusy} change={change} onLink={setLink} />
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
      <NewNamed
        opened={adds}
        title="Add a user"
        nameHint="Without blanks: alice, or alice@example.com"
        roles={userRoles}
        action="Add, and make a login link"
        busy={isBusy}
        onAdd={(name, role) => void add(name, role)}
        onClose={() => setAdds(false)}
      />
    </Section>
  );
}

interface UserRowProps {
  readonly user: User;
  readonly isBusy: boolean;
  readonly change: ReturnType<typeof useChange>["change"];
  onLink(link: LoginLink): void;
}

function UserRow({ user, isBusy, change, onLink }: UserRowProps) {
  const [removes, setRemoves] = useState(false);
  const { name, role, disabled, local, lastLoginAt } = user;
  const isSelf = useSession()?.user === name;
  const patch = (body: { role?: Role; disabled?: boolean }, said: string) =>
    change(() => send<User>("PATCH", path(name), body), said);
  async function link() {
    const made = await change(() => send<LoginLink>("POST", path(name, "/login-link")));
    if (made !== undefined) onLink(made.data);
  }
  async function remove() {
    await change(() => send("DELETE", path(name)), `${name} is removed.`);
    setRemoves(false);
  }
  return (
    <Table.Tr>
      <Table.Td>
        {name}{" "}
        {isSelf ? (
          <Badge size="sm" variant="default" tt="none">
            you
          </Badge>
        ) : null}
        {disabled ? (
          <Badge size="sm" variant="default" tt="none">
            kept out
          </Badge>
        ) : null}
      </Table.Td>
      <Table.Td>
        <NativeSelect
          size="xs"
          miw={100}
          aria-label={`Role of ${name}`}
          value={role}
          disabled={isBusy}
          data={userRoles.map((value) => ({ value, label: value }))}
          title={roleWords[role]}
          onChange={(event) => {
            const to = event.currentTarget.value as Role;
            void patch({ role: to }, `${name} is ${to} now, and logs in again.`);
          }}
        />
      </Table.Td>
      <Table.Td>{local ? "password" : "identity provider"}</Table.Td>
      <Table.Td>{lastLoginAt === null ? "never" : <When time={lastLoginAt} />}</Table.Td>
      <Table.Td ta="right">
        <Menu position="bottom-end" withInitialFocusPlaceholder={false} portalProps={{ target: "#content" }}>
          <Menu.Target>
            <ActionIcon variant="subtle" c="inherit" aria-label={`More about ${name}`}>
              {icons.more}
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {local && !disabled ? (
              <Menu.Item leftSection={icons.link} onClick={() => void link()}>
                Make a login link
              </Menu.Item>
            ) : null}
            <Menu.Item
              leftSection={icons.leave}
              onClick={() => void change(() => send("DELETE", path(name, "/sessions")), `${name} is logged out.`)}
            >
              End all sessions
            </Menu.Item>
            <Menu.Item
              leftSection={disabled ? icons.check : icons.exclude}
              onClick={() =>
                void patch({ disabled: !disabled }, disabled ? `${name} may log in again.` : `${name} is kept out.`)
              }
            >
              {disabled ? "Let in again" : "Keep out"}
            </Menu.Item>
            <Menu.Item leftSection={icons.trash} c="var(--tone-bad)" onClick={() => setRemoves(true)}>
              Remove
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Confirm
          opened={removes}
          title={`Remove ${name}?`}
          action="Remove"
          danger
          busy={isBusy}
          onConfirm={() => void remove()}
          onClose={() => setRemoves(false)}
        >
          All their sessions end. What they changed stays in the trail of changes.
        </Confirm>
      </Table.Td>
    </Table.Tr>
  );
}
