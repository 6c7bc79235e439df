/** A name and a password. */
import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { ApiFailure, send } from "../api.ts";
import type { Session } from "../session.ts";
import { Trouble, troubleOf } from "./trouble.tsx";

export function PasswordForm({ onEntered }: { readonly onEntered: (session: Session) => void }) {
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [trouble, setTrouble] = useState<readonly [string, string | undefined]>();
  const [isBusy, setBusy] = useState(false);
  const [wait, setWait] = useState(0);

  useEffect(() => {
    if (wait <= 0) return;
    const timer = setTimeout(() => setWait(wait - 1), 1000);
    return () => clearTimeout(timer);
  }, [wait]);

  async function enter(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setTrouble(undefined);
    try {
      const { data } = await send<Session>("POST", "session", { user: user.trim(), password });
      onEntered(data);
    } catch (error) {
      if (error instanceof ApiFailure && typeof error.details.retryAfter === "number")
        setWait(error.details.retryAfter);
      setPassword("");
      setTrouble(troubleOf(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={(event) => void enter(event)}>
      <Stack gap="sm">
        <Trouble words={trouble} />
        <TextInput
          label="Name"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          required
          withAsterisk={false}
          maxLength={128}
          value={user}
          onChange={(event) => setUser(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          maxLength={1024}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
        />
        <Button type="submit" loading={isBusy} disabled={wait > 0}>
          {wait > 0 ? `Try again in ${wait} s` : "Log in"}
        </Button>
      </Stack>
    </form>
  );
}
