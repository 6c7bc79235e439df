/** Kubernetes' own version, as far as audit policies depend on it. */

export interface KubernetesVersion {
  readonly major: number;
  readonly minor: number;
}

/** `1.30`, `v1.30.4`, `1.27+`, `v1.29.1-eks-508b6b3`, `v1.30.4+k3s1`; undefined for what is no version. */
export function readKubernetesVersion(text: string): KubernetesVersion | undefined {
  const [, major, minor] = /^v?(\d{1,4})\.(\d{1,4})(?:\.\d{1,6})?(?:[-+].*)?$/.exec(text.trim()) ?? [];
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}

export const isAtLeast = ({ major, minor }: KubernetesVersion, least: string): boolean => {
  const [first = 0, second = 0] = least.split(".").map(Number);
  return major > first || (major === first && minor >= second);
};
