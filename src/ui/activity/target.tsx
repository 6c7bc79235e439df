/** What a request was about: its resource, and the object's place. */

import { Value } from "../parts/value.tsx";

interface TargetOf {
  readonly resource: string | null;
  readonly subresource?: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly requestURI?: string | null;
}

/** Most is about pods: where that goes without saying, `isPod` leaves their word out. */
export function Target({ of, isPod = false }: { readonly of: TargetOf; readonly isPod?: boolean }) {
  const { resource, subresource, namespace, name } = of;
  if (resource === null) return <span className="mono">{of.requestURI?.split("?", 1)[0]}</span>;
  const whole = subresource ? `${resource}/${subresource}` : resource;
  return (
    <>
      {isPod && resource === "pods" ? null : (
        <>
          <Value facet="resource" value={whole} list="activities" />{" "}
        </>
      )}
      {namespace === null ? null : <Value facet="namespace" value={namespace} list="activities" />}
      {namespace !== null && name !== null ? "/" : null}
      {name === null ? null : <Value facet="name" value={name} list="activities" />}
    </>
  );
}
