/** Choosing a password, with the current one where that is needed. */
import { Button, Group, PasswordInput, Stack } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { send } from "../api.ts";
import type { Session } from "../session.ts";
import { Trouble, troubleOf } from "./trouble.tsx";

export interface NewPasswordProps {
  readonly user: string;
  readonly asksCurrent: boolean;
  readonly action: string;
  readonly beside?: ReactNode;
  onSet(session: Session): void;
}

const shortest = 12;

export function NewPassword({ user, asksCurrent, action, beside, onSet }: NewPasswordProps) {
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [trouble, setTrouble] = useState<readonly [string, string | undefined]>();
  const [isBusy, setBusy] = useState(false);
  const differs = again !== "" && again !== password;

  async function set(event: FormEvent) {
    event.preventDefault();
    if (again !== password) return;
    setBusy(true);
    setTrouble(undefined);
    try {
      const body = asksCurrent ? { current, password } : { password };
      onSet((await send<Session>("PUT", "session/password", body)).data);
      setCurrent("");
      setPassword("");
      setAgain("");
    } catch (error) {
      setTrouble(troubleOf(error));
    } finally {
      setBusy(false);
    }
  }

  const field = { required: true, withAsterisk: false, maxLength: 1024 } as const;
  const toggle = (what: string) => ({ visibilityToggleButtonProps: { "aria-label": `Show ${what}` } });
  return (
    <form onSubmit={(event) => void set(event)}>
      <Stack gap="sm">
        <Trouble words={trouble} />
        {/* What keeps passwords learns by this whose it is. */}
        <input type="text" name="username" autoComplete="username" value={user} readOnly hidden />
        {asksCurrent ? (
          <PasswordInput
            {...field}
            {...toggle("the current password")}
            label="Current password"
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
        ) : null}
        <PasswordInput
          {...field}
          {...toggle("the new password")}
          label="New password"
          description={`${shortest} characters or more; three or four words are easy to keep.`}
          autoComplete="new-password"
          minLength={shortest}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <PasswordInput
          {...field}
          {...toggle("the new password again")}
          label="New password again"
          autoComplete="new-password"
          value={again}
          error={differs ? "This differs from the one above." : undefined}
          onChange={(event) => setAgain(event.currentTarget.value)}
        />
        <Group justify="space-between" gap="xs">
          <Button type="submit" loading={isBusy} disabled={differs}>
            {action}
          </Button>
          {beside}
        </Group>
      </Stack>
    </form>
  );
}
