/** What detections have in common that are one finding: rule, actor, target. */

export interface Fingerprinted {
  readonly cluster: string;
  readonly rule: string;
  readonly user: string | null;
  readonly namespace: string | null;
  readonly resource: string | null;
  readonly name: string | null;
}

/** A text to be hashed: the same for each of them, and of nobody else's. */
export function fingerprintText({ cluster, rule, user, namespace, resource, name }: Fingerprinted): string {
  return JSON.stringify([cluster, rule, user, namespace, resource, name === null ? null : stem(name)]);
}

/** What Kubernetes puts behind a name it makes up: `-` and five of these letters (apimachinery, util/rand). */
const made = "[bcdfghjklmnpqrstvwxz2456789]{5}";
const madeEnd = new RegExp(`-(?=[a-z]*[0-9])${made}$`);

/** What a Deployment puts into the name of its ReplicaSet: a number of 32 bits in ten of these letters, once in digits. */
const templateHash = "(?:[456789bcdf]{6,10}|[0-9]{6,10})";
const podEnd = new RegExp(`-${templateHash}-${made}$`);

/** A name without what controllers made up of it: pods of one ReplicaSet, jobs of one CronJob count as one target. */
export function stem(name: string): string {
  return name
    .replace(podEnd, "")
    .replace(madeEnd, "")
    .replace(/-\d{8,10}$/, "");
}
