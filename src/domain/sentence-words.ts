/** The words of sentences about requests: past tenses, one of many, and what lives in no namespace. */

const irregular: Readonly<Record<string, string>> = {
  read: "read",
  run: "ran",
  bind: "bound",
  send: "sent",
  get: "got",
  put: "put",
  let: "let",
  deny: "denied",
  copy: "copied",
  apply: "applied",
  try: "tried",
  label: "labelled",
};

/** `opened` for `open`. */
export function past(verb: string): string {
  return irregular[verb] ?? (verb.endsWith("e") ? `${verb}d` : `${verb}ed`);
}

const single: Readonly<Record<string, string>> = {
  endpoints: "endpoints",
  serviceaccounts: "service account",
  certificatesigningrequests: "certificate request",
  customresourcedefinitions: "custom resource definition",
};

/** `pod` for `pods`, `networkpolicy` for `networkpolicies`. */
export function singular(resource: string): string {
  const known = single[resource];
  if (known !== undefined) return known;
  if (/[^aeiou]ies$/.test(resource)) return `${resource.slice(0, -3)}y`;
  if (/(?:ss|x|ch|sh)es$/.test(resource)) return resource.slice(0, -2);
  return /[^s]s$/.test(resource) ? resource.slice(0, -1) : resource;
}

/** Kinds of Kubernetes' own that live in no namespace (`kubectl api-resources --namespaced=false`, 1.35). */
const clusterWide = new Set(
  `componentstatuses namespaces nodes persistentvolumes mutatingwebhookconfigurations validatingwebhookconfigurations
  mutatingadmissionpolicies mutatingadmissionpolicybindings validatingadmissionpolicies validatingadmissionpolicybindings
  customresourcedefinitions apiservices selfsubjectreviews tokenreviews selfsubjectaccessreviews selfsubjectrulesreviews
  subjectaccessreviews certificatesigningrequests clustertrustbundles flowschemas prioritylevelconfigurations
  ingressclasses ipaddresses servicecidrs runtimeclasses clusterroles clusterrolebindings priorityclasses deviceclasses
  resourceslices csidrivers csinodes storageclasses volumeattachments volumeattributesclasses`.split(/\s+/),
);

const coreGroups = /^(?:|core|apps|batch|autoscaling|policy|extensions)$|\.k8s\.io$/;

/** Where a request without a namespace looks: everywhere, at what lives nowhere, or we cannot say which. */
export function spanOf(resource: string, apiGroup: string | null): "cluster" | "namespaces" | "unknown" {
  if (clusterWide.has(resource)) return "cluster";
  return coreGroups.test(apiGroup ?? "") ? "namespaces" : "unknown";
}

const answers: Readonly<Record<number, string>> = {
  400: "not understood",
  404: "not found",
  405: "not allowed",
  409: "conflict",
  410: "gone",
  413: "too large",
  415: "unknown format",
  422: "invalid",
  429: "too many requests",
  500: "server error",
  502: "bad gateway",
  503: "unavailable",
  504: "timed out",
};

export const answerWords = (code: number): string => answers[code] ?? "";

/** As much of a text as fits into a line. */
export function short(text: string, length = 72): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= length ? line : `${line.slice(0, length - 1).toWellFormed()}…`;
}
