/** The places one can go to, told once: the navigation, the keys and their help read them from here. */
import type { ReactNode } from "react";
import { icons } from "../parts/icons.tsx";

export interface Place {
  readonly to: string;
  readonly label: string;
  /** Pressed after `g`. */
  readonly key: string;
  readonly icon: ReactNode;
  /** Stands below another. */
  readonly below?: true;
}

export const places: readonly Place[] = [
  { to: "/", label: "Events", key: "e", icon: icons.bell },
  { to: "/activity", label: "Activity Audit", key: "a", icon: icons.activity },
  { to: "/activity/sessions", label: "Sessions", key: "s", icon: icons.terminal, below: true },
  { to: "/rules", label: "Rules", key: "r", icon: icons.rules },
  { to: "/rules/editor", label: "Rules Editor", key: "d", icon: icons.edit, below: true },
  { to: "/policies", label: "Policies", key: "p", icon: icons.shield },
  { to: "/integrations", label: "Integrations", key: "i", icon: icons.plug },
  { to: "/settings", label: "Settings", key: "t", icon: icons.gear },
];
