/** Which page stands at which address. Each is loaded when it is first gone to. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { base } from "./api.ts";
import { parseSearch, stringifySearch } from "./search.ts";
import { Lost } from "./shell/lost.tsx";
import { Shell } from "./shell/shell.tsx";

type Page = Parameters<typeof lazyRouteComponent>[0];

const root = createRootRoute({ component: Shell, notFoundComponent: Lost });
// Paths are plain texts here: what links where is tried in a browser.
const at = (path: string, load: Page) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) });

const routeTree = root.addChildren([
  at("/", () => import("./feed/page.tsx")),
  at("/activity", () => import("./activity/page.tsx")),
  at("/activity/sessions", () => import("./activity/sessions.tsx")),
  at("/activity/object", () => import("./activity/object.tsx")),
  at("/rules", () => import("./rules/library.tsx")),
  at("/rules/editor", () => import("./rules/editor.tsx")),
  at("/policies", () => import("./policies/page.tsx")),
  at("/policies/$name", () => import("./policies/policy.tsx")),
  at("/integrations", () => import("./integrations/page.tsx")),
  at("/settings", () => import("./settings/page.tsx")),
  at("/login", () => import("./login/page.tsx")),
]);

export const router = createRouter({
  routeTree,
  basepath: base.pathname.replace(/\/$/, "") || "/",
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  scrollRestoration: false,
});
