/** The way in: a password, an identity provider, or a link that somebody was given. */
import { Anchor, Button, Divider, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { Ways } from "../../api/session/schema.ts";
import { base, get } from "../api.ts";
import { tell } from "../parts/toast.tsx";
import { type Session, sessionQuery } from "../session.ts";
import { Frame } from "./frame.tsx";
import { LinkEntry } from "./link-entry.tsx";
import { NewPassword } from "./new-password.tsx";
import { nextPath } from "./next.ts";
import { PasswordForm } from "./password-form.tsx";
import { signInProblem } from "./problems.ts";
import { Trouble, troubleOf } from "./trouble.tsx";
import { useEntry } from "./use-entry.ts";

export default function LoginPage() {
  const { pathname } = useLocation();
  // On the way elsewhere this is still drawn, with another page's address.
  return pathname === "/login" ? <Login /> : null;
}

function Login() {
  const search = useLocation().search as Readonly<Record<string, unknown>>;
  const navigate = useNavigate();
  const next = nextPath(search.next);
  const { be, go } = useEntry(next);
  const { data: session, isPending } = useQuery(sessionQuery);
  const rest = search.next === undefined ? {} : { next };
  /** The link is used up, or not wanted: nobody needs it in the address any more. */
  const withoutLink = () => navigate({ to: "/login", search: rest as never, replace: true });

  if (typeof search.link === "string")
    return (
      <LinkEntry
        token={search.link}
        onEntered={(entered) => {
          be(entered);
          void withoutLink();
        }}
        onOther={() => void withoutLink()}
      />
    );
  if (isPending) return <Frame title="Log in">{<Skeleton height={140} aria-label="Loading" />}</Frame>;
  if (session?.way === "link")
    return (
      <Frame
        title={`Welcome, ${session.user}`}
        hint="Choose a password: the link does not work again, and without a password you are in for an hour."
      >
        <NewPassword
          user={session.user}
          asksCurrent={false}
          action="Set the password"
          beside={
            <Button variant="subtle" size="compact-sm" onClick={go}>
              Not now
            </Button>
          }
          onSet={(entered) => {
            be(entered);
            tell("Your password is set.", "good");
          }}
        />
      </Frame>
    );
  if (session) return <Gone go={go} />;
  return <WaysIn search={search} next={next} onEntered={be} />;
}

/** Whoever is in goes on. */
function Gone({ go }: { readonly go: () => void }) {
  const first = useRef(go);
  useEffect(() => first.current(), []);
  return null;
}

interface WaysInProps {
  readonly search: Readonly<Record<string, unknown>>;
  readonly next: string;
  onEntered(session: Session): void;
}

function WaysIn({ search, next, onEntered }: WaysInProps) {
  const ways = useQuery({ queryKey: ["ways"], queryFn: () => get<Ways>("session/ways") });
  const providers = ways.data?.oidc ?? [];
  return (
    <Frame title="Log in">
      <Stack gap="md">
        <Trouble
          words={ways.error ? troubleOf(ways.error) : signInProblem(search.problem, search.provider, providers)}
        />
        {providers.map(({ name, title, href }) => (
          <Button
            key={name}
            variant="default"
            component="a"
            href={`${new URL(href, base).href}?${new URLSearchParams({ next })}`}
          >
            Log in with {title}
          </Button>
        ))}
        {providers.length > 0 ? <Divider label="or with a password" /> : null}
        <PasswordForm onEntered={onEntered} />
        <LostPassword />
      </Stack>
    </Frame>
  );
}

function LostPassword() {
  return (
    <details>
      <Anchor component="summary" size="sm" c="dimmed">
        First time here, or password lost?
      </Anchor>
      <Text size="sm" mt={6}>
        The server tells a login link when it starts, as long as nobody has ever logged in. Later, an admin makes one
        under Settings, or whoever runs the server does:
      </Text>
      <Text size="sm" mt={6} className="mono">
        tiercel login-link --user NAME
      </Text>
    </details>
  );
}
