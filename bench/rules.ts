/** Rules to measure with: as many as asked for, always the same, shaped as people write them: nine in ten name verbs and a resource, the others a user or a name. */

const resources = [
  "pods",
  "secrets",
  "configmaps",
  "deployments",
  "services",
  "nodes",
  "roles",
  "clusterroles",
  "rolebindings",
  "leases",
  "events",
  "ingresses",
];
const verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
const namespaces = ["default", "kube-system", "payments", "checkout", "monitoring", "vault", "team-a-dev"];
const users = ["alice@example.com", "bob@example.com", "carol@example.com", "eve.sre@example.com"];
const deep = [
  "ka.req.pod.containers.privileged intersects (true)",
  "ka.req.pod.volumes.hostpath intersects (/, /etc, /var/run, /proc)",
  "ka.req.pod.containers.image.repository intersects (nginx, redis, busybox)",
  "ka.req.binding.role in (cluster-admin, admin)",
  "ka.req.role.rules.verbs intersects (create, update, patch, delete)",
  "ka.req.configmap.obj contains password",
  "ka.req.pod.host_network = true",
  "ka.useragent startswith kubectl",
  "ka.uri contains exec",
  "ka.response.code startswith 2",
];

/** A rules file of `count` rules of the source k8s_audit, in Falco's language. */
export function manyRules(count: number): string {
  const next = mulberry32(7);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  const some = (items: readonly string[], n: number) =>
    [...new Set(Array.from({ length: n }, () => pick(items)))].join(", ");
  const out = [
    "- macro: bench_completed\n  condition: ka.stage = ResponseComplete\n",
    `- list: bench_users\n  items: [${users.join(", ")}]\n`,
  ];
  for (let i = 0; i < count; i++) {
    const parts = ["bench_completed"];
    if (next() < 0.9) {
      parts.push(next() < 0.6 ? `ka.verb in (${some(verbs, 3)})` : `ka.verb = ${pick(verbs)}`);
      parts.push(`ka.target.resource = ${pick(resources)}`);
    } else parts.push(next() < 0.5 ? `ka.target.name startswith bench-${i}` : `ka.user.name in (${some(users, 2)})`);
    if (next() < 0.4) parts.push(`not ka.target.namespace in (${some(namespaces, 3)})`);
    if (next() < 0.4)
      parts.push(next() < 0.5 ? "not ka.user.name in (bench_users)" : 'ka.user.name startswith "system:"');
    if (next() < 0.15) parts.push(`ka.target.name contains bench-${i}`);
    parts.push(next() < 0.7 ? pick(deep) : `(${pick(deep)} or ${pick(deep)})`);
    out.push(
      `- rule: Bench ${i}\n  desc: measured, not meant\n  condition: >\n    ${parts.join(" and ")}\n  output: bench ${i} (user=%ka.user.name verb=%ka.verb target=%ka.target.name)\n  priority: WARNING\n  source: k8s_audit\n  tags: [bench]\n`,
    );
  }
  return out.join("");
}

function mulberry32(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
