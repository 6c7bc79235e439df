/** Audit events as an API server sends them, as much as a journey needs. */

let made = 0;

/** An event that happened `agoSecs` seconds ago. */
export function auditEvent(parts: Readonly<Record<string, unknown>>, agoSecs = 5): object {
  const time = new Date(Date.now() - agoSecs * 1000).toISOString().replace("Z", "000Z");
  return {
    ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Metadata", stage: "ResponseComplete" },
    auditID: `00000000-0000-4000-8000-${String(++made).padStart(12, "0")}`,
    user: { username: "alice@example.com", groups: ["developers", "system:authenticated"] },
    sourceIPs: ["192.0.2.7"],
    userAgent: "kubectl/v1.33.2 (linux/amd64) kubernetes/a57b6f7",
    responseStatus: { metadata: {}, code: 200 },
    ...{ requestReceivedTimestamp: time, stageTimestamp: time },
    ...parts,
  };
}

/** A shell that began and ended: both its events. */
export function endedShell(agoSecs: number, lastedSecs: number): readonly object[] {
  const began = shell({}, agoSecs) as { readonly stageTimestamp: string };
  const ended = new Date(Date.parse(began.stageTimestamp) + lastedSecs * 1000).toISOString().replace("Z", "000Z");
  return [began, { ...began, stage: "ResponseComplete", stageTimestamp: ended }];
}

/** Somebody's shell in a pod, as it begins. */
export function shell(
  { user = "alice@example.com", namespace = "payments", name = "api-7c9f" },
  agoSecs?: number,
): object {
  return auditEvent(
    {
      stage: "ResponseStarted",
      level: "Request",
      verb: "create",
      user: { username: user, groups: ["developers", "system:authenticated"] },
      requestURI: `/api/v1/namespaces/${namespace}/pods/${name}/exec?command=sh&container=app&stdin=true&stdout=true&tty=true`,
      objectRef: { resource: "pods", subresource: "exec", namespace, name, apiVersion: "v1" },
      responseStatus: { metadata: {}, code: 101 },
    },
    agoSecs,
  );
}

export function configMap(name: string, agoSecs?: number): object {
  return auditEvent(
    {
      level: "RequestResponse",
      verb: "create",
      requestURI: "/api/v1/namespaces/shop/configmaps?fieldManager=kubectl-create",
      objectRef: { resource: "configmaps", namespace: "shop", name, apiVersion: "v1" },
      responseStatus: { metadata: {}, code: 201 },
      requestObject: { kind: "ConfigMap", apiVersion: "v1", metadata: { name, namespace: "shop" }, data: { a: "1" } },
    },
    agoSecs,
  );
}
