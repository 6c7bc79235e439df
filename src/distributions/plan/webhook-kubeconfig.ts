/** The file that tells an API server where its audit events go. */

export interface WebhookWish {
  readonly cluster: string;
  /** As `receiverUrl` made it: `https://10.0.0.5:7765/k8s_audit/prod`. */
  readonly url: string;
  readonly token?: string;
  /** The receiver's certificate authority, as PEM text. */
  readonly authority?: string;
}

/** The file's keys are client-go's; the server's path is used as it stands, without a query (reference 03 §4.1). */
export function webhookKubeconfig({ cluster, url, token, authority }: WebhookWish): string {
  const user =
    token === undefined ? "users: []" : `users:\n- name: tiercel\n  user:\n    token: ${JSON.stringify(token)}`;
  const trust =
    authority === undefined
      ? ""
      : `\n    certificate-authority-data: ${Buffer.from(authority, "utf8").toString("base64")}`;
  return `# Where the API server of ${cluster} sends its audit events.
apiVersion: v1
kind: Config
clusters:
- name: tiercel
  cluster:
    server: ${JSON.stringify(url)}${trust}
contexts:
- name: tiercel
  context:
    cluster: tiercel
    user: ${token === undefined ? '""' : "tiercel"}
current-context: tiercel
${user}
`;
}
