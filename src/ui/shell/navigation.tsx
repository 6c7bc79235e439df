/** The places, down the left side, or along the bottom where the window is narrow. */
import { useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import { send } from "../api.ts";
import { icons } from "../parts/icons.tsx";
import { tell } from "../parts/toast.tsx";
import { setPrefs, usePrefs } from "../prefs.ts";
import { useSession } from "../session.ts";
import { places } from "./places.tsx";
import styles from "./shell.module.css";

const schemes = { auto: "Colours: system", light: "Colours: light", dark: "Colours: dark" } as const;
const following = { auto: "light", light: "dark", dark: "auto" } as const;

export function Navigation({ onHelp }: { readonly onHelp: () => void }) {
  const { pathname } = useLocation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { zone } = usePrefs();
  return (
    <nav className={styles.navigation} aria-label="Places">
      <Link to="/" className={styles.brand} aria-label="Tiercel, Events">
        {icons.falcon}
        <span className={styles.label}>Tiercel</span>
      </Link>
      {places.map(({ to, label, icon, key, below }) => (
        <Link
          key={to}
          to={to}
          search={{} as never}
          className={below ? `${styles.item} ${styles.sub}` : styles.item}
          activeOptions={{ exact: true }}
          data-active={isAt(pathname, to) || undefined}
          title={`${label} (g ${key})`}
          aria-label={label}
        >
          {below ? null : icon}
          <span className={styles.label}>{label}</span>
        </Link>
      ))}
      <div className={styles.space} />
      <button
        type="button"
        className={`${styles.item} ${styles.minor}`}
        onClick={() => setPrefs({ zone: zone === "utc" ? "local" : "utc" })}
        aria-label={`Times: ${zone === "utc" ? "UTC" : "local"}`}
      >
        {icons.clock}
        <span className={styles.label}>Times: {zone === "utc" ? "UTC" : "local"}</span>
      </button>
      <button
        type="button"
        className={`${styles.item} ${styles.minor}`}
        onClick={() => setColorScheme(following[colorScheme])}
        aria-label={schemes[colorScheme]}
      >
        {colorScheme === "dark" ? icons.moon : icons.sun}
        <span className={styles.label}>{schemes[colorScheme]}</span>
      </button>
      <button
        type="button"
        className={`${styles.item} ${styles.minor}`}
        onClick={onHelp}
        aria-label="Keyboard shortcuts"
      >
        {icons.keyboard}
        <span className={styles.label}>Shortcuts (?)</span>
      </button>
      <LogOut />
    </nav>
  );
}

/** A page below a place counts as that place, unless it is one itself. */
function isAt(pathname: string, to: string): boolean {
  if (pathname === to) return true;
  return to !== "/" && pathname.startsWith(`${to}/`) && !places.some((place) => place.to === pathname);
}

function LogOut() {
  const session = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  if (!session) return null;
  const leave = async () => {
    try {
      await send("DELETE", "session");
      queries.clear();
      await navigate({ to: "/login" });
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error), "bad");
    }
  };
  return (
    <>
      <div className={styles.who}>
        {session.user}
        <br />
        {session.role}
      </div>
      {session.by === "session" ? (
        <button type="button" className={`${styles.item} ${styles.minor}`} onClick={leave} aria-label="Log out">
          {icons.leave}
          <span className={styles.label}>Log out</span>
        </button>
      ) : null}
    </>
  );
}
