/** Where our two files lie, where nothing speaks for another place (reference 03 §1.5, §1.10, §1.12). */
export const auditFolder = "/var/lib/k8s_audit";

export const auditPaths = {
  policy: `${auditFolder}/audit-policy.yaml`,
  webhook: `${auditFolder}/webhook-config.yaml`,
} as const;
