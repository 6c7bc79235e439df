/** The address that an API server posts to, made of what a person wrote. */

export type ReceiverUrl = { readonly url: string } | { readonly problem: string; readonly help: string };

/** The cluster stands in the path, so that it is known without a token too. */
export function receiverUrl(written: string, cluster: string): ReceiverUrl {
  const text = written.trim();
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  } catch {
    return { problem: `\`${text}\` is no address`, help: "write it like `https://tiercel.example:7765`" };
  }
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return { problem: `${url.protocol}// is not possible`, help: "an API server posts by https or http" };
  if (url.username !== "" || url.password !== "")
    return { problem: "the address holds a user", help: "leave it out: the token says who sends" };
  // The API server asks its host's resolver, which knows nothing of names within the cluster.
  const service = /^([^.]+)\.([^.]+)\.svc(\.|$)/i.exec(url.hostname);
  if (service !== null || /\.(svc|cluster\.local)\.?$/i.test(url.hostname)) {
    const [, name = "SERVICE", namespace = "NAMESPACE"] = service ?? [];
    return {
      problem: `an API server cannot find \`${url.hostname}\`: it does not ask the cluster's DNS`,
      help: `give the Service's ClusterIP (kubectl -n ${namespace} get service ${name} -o jsonpath={.spec.clusterIP}), or a name that the control plane's machines can look up`,
    };
  }
  if (url.hostname === "0.0.0.0" || url.hostname === "[::]")
    return { problem: "this is every address and none", help: "give the one that control planes reach" };
  const before = url.pathname.replace(/\/k8s[_-]audit(\/.*)?$/, "").replace(/\/+$/, "");
  return { url: `${url.origin}${before}/k8s_audit/${encodeURIComponent(cluster)}` };
}

/** The address as `--receiver` takes it: without our path and the cluster. */
export const receiverBase = (url: string): string => url.replace(/\/k8s_audit\/[^/]*$/, "");

/** What somebody should know about an address that is one. */
export function receiverNotes(url: string): readonly string[] {
  const { protocol, hostname } = new URL(url);
  const notes: string[] = [];
  if (/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname))
    notes.push(
      `${hostname} is the API server's own machine: this works only where Tiercel runs beside the API server, on the same host.`,
    );
  if (protocol === "http:")
    notes.push(
      "By http an API server sends no token, and whoever is on the way reads every event: give the webhook a certificate (`tls` in the configuration), or put TLS in front of it.",
    );
  return notes;
}
