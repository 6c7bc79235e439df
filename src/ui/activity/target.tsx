/** What a request was about: its resource, and the object's place. */

import { Value } from "../parts/value.tsx";
import styles from "./activity.module.css";

interface TargetOf {
  readonly resource: string | null;
  readonly subresource?: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly requestURI?: string | null;
}

export function Target({ of }: { readonly of: TargetOf }) {
  const { resource, subresource, namespace, name } = of;
  if (resource === null) return <span className="mono">{of.requestURI?.split("?", 1)[0]}</span>;
  const whole = subresource ? `${resource}/${subresource}` : resource;
  return (
    <span className={styles.target}>
      <Value facet="resource" value={whole} list="activities" />
      <span>&nbsp;</span>
      {namespace === null ? null : <Value facet="namespace" value={namespace} list="activities" />}
      {namespace !== null && name !== null ? <span>/</span> : null}
      {name === null ? null : <Value facet="name" value={name} list="activities" />}
    </span>
  );
}
