/** Paths of the host that a pod may mount, and which of them give the host away. */

/** `.`, `..` and doubled slashes undone, as the kernel reads a path without links. */
export function resolved(path: string): string {
  const kept: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") kept.pop();
    else if (name !== "" && name !== ".") kept.push(name);
  }
  return `/${kept.join("/")}`;
}

// What lies at or below these: credentials, the kernel's and the runtime's doors, other pods' files, the logs.
const sensitive = [
  "/etc",
  "/proc",
  "/root",
  "/home",
  "/boot",
  "/dev",
  "/sys",
  "/run",
  "/var/run",
  "/var/log",
  "/var/lib/kubelet",
  "/var/lib/etcd",
  "/var/lib/docker",
  "/var/lib/containerd",
  "/var/lib/containers",
  "/var/lib/rancher",
];
// These hold some of the above.
const parents = ["/", "/var", "/var/lib"];

/** Whether the path holds the host's secrets, sockets or devices, or lies among them. */
export function isSensitive(path: string): boolean {
  const real = resolved(path);
  return parents.includes(real) || sensitive.some((place) => real === place || real.startsWith(`${place}/`));
}
