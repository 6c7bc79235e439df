/** Where somebody goes after the login: one of our own pages, whatever the address says. */

/** As it stands in `?next=`, seen from the pages' base. */
export function nextPath(told: unknown): string {
  if (typeof told !== "string" || !/^\/(?![/\\])[^\s\\]*$/.test(told) || /^\/login([?#/]|$)/.test(told)) return "/";
  return told;
}

/** The whole path below `base`, which ends with `/`. */
export function below(base: URL, path: string): string {
  const { pathname, search, hash } = new URL(`.${path}`, base);
  return `${pathname}${search}${hash}`;
}
