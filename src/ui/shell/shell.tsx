/** What stands around every page: where one can go, and who one is. */
import { Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Navigate, Outlet, useLocation } from "@tanstack/react-router";
import { Suspense, useState } from "react";
import { useKeys } from "../parts/keyboard.ts";
import { Problem } from "../parts/problem.tsx";
import { ValueMenu } from "../parts/value-menu.tsx";
import { sessionQuery } from "../session.ts";
import { useGoKeys } from "./go.ts";
import { Navigation } from "./navigation.tsx";
import styles from "./shell.module.css";
import { ShortcutsHelp } from "./shortcuts.tsx";

export function Shell() {
  const { pathname, href } = useLocation();
  const { data: session, error, isPending, refetch } = useQuery(sessionQuery);
  if (pathname === "/login") return <Outlet />;
  if (isPending) return <Waiting />;
  if (error) return <Problem error={error} retry={refetch} />;
  if (session === null) return <Navigate to="/login" search={{ next: href } as never} replace />;
  return <Inside />;
}

function Inside() {
  const [helps, setHelps] = useState(false);
  useGoKeys();
  useKeys({ "?": () => setHelps(true) });
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        Skip to content
      </a>
      <Navigation onHelp={() => setHelps(true)} />
      <main id="content" className={styles.main} tabIndex={-1}>
        <Suspense fallback={<Waiting />}>
          <Outlet />
        </Suspense>
      </main>
      <ValueMenu />
      <ShortcutsHelp opened={helps} onClose={() => setHelps(false)} />
    </div>
  );
}

function Waiting() {
  return (
    <div className={styles.waiting} role="status" aria-label="Loading">
      <Loader size="sm" />
    </div>
  );
}
