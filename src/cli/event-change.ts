/** Changes to an event by path, as rule tests write them: dots or a JSON pointer, null to take away. */

export type Changed =
  | { readonly ok: true; readonly event: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly path: string; readonly why: string };

/** A copy of the event with the changes made in order; the event itself stays as it is. */
export function applyChange(
  event: Readonly<Record<string, unknown>>,
  change: Readonly<Record<string, unknown>>,
): Changed {
  const copy: Record<string, unknown> = structuredClone(event);
  for (const [path, value] of Object.entries(change)) {
    const why = set(copy, steps(path), structuredClone(value));
    if (why !== undefined) return { ok: false, path, why: `\`${path}\` leads nowhere: ${why}` };
  }
  return { ok: true, event: copy };
}

function steps(path: string): readonly string[] {
  if (!path.startsWith("/")) return path.split(".");
  return path
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Why it could not be done, if it could not. */
function set(root: Record<string, unknown>, path: readonly string[], value: unknown): string | undefined {
  let holder: unknown = root;
  for (const [index, step] of path.entries()) {
    const last = index === path.length - 1;
    if (Array.isArray(holder)) {
      const at = step === "-" ? holder.length : Number(step);
      if (!/^(-|\d+)$/.test(step) || at > holder.length) return `the list has no place \`${step}\``;
      if (last && value === null) holder.splice(at, 1);
      else if (last) holder[at] = value;
      else {
        if (value === null && at >= holder.length) return undefined;
        holder = holder[at] ??= emptyFor(path[index + 1]);
      }
    } else if (typeof holder === "object" && holder !== null) {
      const object = holder as Record<string, unknown>;
      const present = Object.hasOwn(object, step);
      if (last && value === null) delete object[step];
      else if (last) own(object, step, value);
      else {
        if (value === null && !present) return undefined;
        if (!present || object[step] === null) own(object, step, emptyFor(path[index + 1]));
        holder = object[step];
      }
    } else return `\`${path[index - 1]}\` is no mapping and no list`;
  }
  return undefined;
}

const emptyFor = (step: string | undefined): unknown => (step !== undefined && /^(-|\d+)$/.test(step) ? [] : {});

/** `__proto__` is a name like any other. */
function own(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
