/** Which words a request's verb and resource call for: one row for each case that has words of its own. */
import { listIn, memberOf, textIn } from "./plain.ts";
import { type SentencePart, say, userPart } from "./sentence-parts.ts";
import { exec, inContainer, methods, proxy } from "./sentence-pods.ts";
import { access, bound } from "./sentence-rights.ts";
import { type Phrase, phrase, place, type Row, thing, things } from "./sentence-things.ts";
import { short } from "./sentence-words.ts";
import type { ToldRequest } from "./told-request.ts";

export function phraseOf(told: ToldRequest): Phrase {
  if (told.resource === null || told.resource === "") return onPath(told);
  return (
    bySubresource[`${told.resource}/${told.subresource ?? ""}`]?.(told) ??
    bySubresource[`*/${told.subresource ?? ""}`]?.(told) ??
    byResource[`${told.verb} ${told.resource}`]?.(told) ??
    byVerb[told.verb]?.(told) ??
    phrase("send")`${told.verb === "" ? "a request" : `“${short(told.verb, 24)}”`} to ${thing(told)}`
  );
}

function onPath(told: ToldRequest): Phrase {
  const method = methods[told.verb];
  const path = short(told.path === "" ? "an address of no name" : told.path);
  return method === undefined ? phrase("request")`${path}` : phrase("send")`a ${method} to ${path}`;
}

const scale: Row = (told) => {
  if (!isWrite(told)) return undefined;
  const replicas = memberOf(told.request, "spec", "replicas") ?? memberOf(told.response, "spec", "replicas");
  return phrase("scale")`${thing(told)}${typeof replicas === "number" ? ` to ${replicas}` : ""}`;
};

const approval: Row = (told) => {
  const types = listIn(told.request, "status", "conditions").map((condition) => textIn(condition, "type"));
  const verb = types.includes("Denied") ? "deny" : types.includes("Approved") ? "approve" : "decide";
  return phrase(verb)`${verb === "decide" ? "on " : ""}${thing(told)}`;
};

const logs: Row = (told) => {
  const verb = told.param("follow") === "true" ? "follow" : "read";
  return phrase(verb)`the logs of ${thing(told)}${inContainer(told)}`;
};

const isWrite = ({ verb }: ToldRequest) => verb === "create" || verb === "update" || verb === "patch";

const bySubresource: Readonly<Record<string, Row>> = {
  "pods/exec": exec,
  "pods/attach": (told) => phrase("attach")`to ${thing(told)}${inContainer(told)}`,
  "pods/portforward": (told) => phrase("forward")`ports of ${thing(told)}`,
  "pods/log": logs,
  "*/proxy": proxy,
  "*/scale": scale,
  "pods/eviction": (told) => phrase("evict")`${thing(told)}`,
  "pods/binding": (told) => phrase("place")`${thing(told)} on ${node(told)}`,
  "pods/ephemeralcontainers": (told) => {
    if (!isWrite(told)) return undefined;
    const added = listIn(told.request, "spec", "ephemeralContainers").at(-1);
    const image = textIn(added, "image");
    return phrase("add")`a debug container to ${thing(told)}${image === undefined ? "" : ` (image ${short(image)})`}`;
  },
  "pods/resize": (told) => (isWrite(told) ? phrase("resize")`${thing(told)}` : undefined),
  "serviceaccounts/token": (told) => phrase("issue")`a token for ${thing(told)}`,
  "certificatesigningrequests/approval": approval,
  "*/status": (told) =>
    isWrite(told) ? phrase("report")`the status of ${thing(told)}` : phrase("read")`the status of ${thing(told)}`,
  "*/finalize": (told) => phrase("finish")`the removal of ${thing(told)}`,
};

function node(told: ToldRequest): SentencePart[] {
  const name = textIn(told.request, "target", "name");
  return name === undefined ? say`a node` : say`node ${name}`;
}

const byResource: Readonly<Record<string, Row>> = {
  "create rolebindings": bound,
  "create clusterrolebindings": bound,
  "update rolebindings": bound,
  "update clusterrolebindings": bound,
  "create selfsubjectaccessreviews": (told) => phrase("ask")`whether they themselves ${access(told)}`,
  "create selfsubjectrulesreviews": () => phrase("ask")`what they themselves may do`,
  "create selfsubjectreviews": () => phrase("ask")`who they themselves are`,
  "create subjectaccessreviews": (told) => {
    const whom = textIn(told.request, "spec", "user");
    return phrase("ask")`whether ${whom === undefined ? "somebody" : userPart(whom).text} ${access(told)}`;
  },
  "create localsubjectaccessreviews": (told) => phrase("ask")`whether somebody ${access(told)}${place(told)}`,
  "create tokenreviews": () => phrase("ask")`whose token it was shown`,
  "create nodes": (told) => phrase("register")`${thing(told)}`,
  "create certificatesigningrequests": (told) => {
    const signer = textIn(told.request, "spec", "signerName");
    return phrase("request")`a certificate${signer === undefined ? "" : ` from ${signer}`} (${thing(told)})`;
  },
  "create events": (told) => phrase("note")`an event${place(told)}`,
  "patch events": (told) => phrase("note")`an event${place(told)}`,
  "update leases": (told) => phrase("renew")`${thing(told)}`,
  "patch leases": (told) => phrase("renew")`${thing(told)}`,
};

/** `kubectl apply` before server-side apply, and what else names itself: `fieldManager=kubectl-edit`. */
const managers: Readonly<Record<string, string>> = {
  "kubectl-client-side-apply": "apply",
  "kubectl-edit": "edit",
  "kubectl-label": "label",
  "kubectl-annotate": "annotate",
  "kubectl-taint": "taint",
};

const patched: Row = (told) => {
  const manager = told.param("fieldManager");
  const verb = manager === undefined ? undefined : managers[manager];
  if (verb !== undefined) return phrase(verb)`${thing(told)}`;
  if (manager === "kubectl-rollout") return phrase("restart")`${thing(told)}`;
  // Only server-side apply must name its manager and its kind (reference 04 §1.8).
  const applies = manager !== undefined && (told.hasParam("force") || textIn(told.request, "kind") !== undefined);
  if (applies) return phrase("apply")`${thing(told)}`;
  const cordons = told.resource === "nodes" ? memberOf(told.request, "spec", "unschedulable") : undefined;
  if (cordons === true) return phrase("cordon")`${thing(told)}`;
  return phrase("change")`${thing(told)}`;
};

const deleted: Row = (told) => {
  if (told.name !== null) return phrase("delete")`${thing(told)}`;
  return phrase("delete")`${deletedThings(told)}`;
};

function deletedThings(told: ToldRequest): SentencePart[] {
  const selector = told.param("labelSelector");
  return selector === undefined ? say`all ${things(told)}` : say`${things(told)} with ${short(selector)}`;
}

const byVerb: Readonly<Record<string, Row>> = {
  get: (told) => phrase("read")`${thing(told)}`,
  list: (told) => phrase("list")`${things(told)}`,
  watch: (told) => phrase("watch")`${told.name !== null && !told.hasParam("watch") ? thing(told) : things(told)}`,
  create: (told) =>
    phrase(
      "create",
    )`${thing(told)}${told.param("fieldManager") === "kubectl-client-side-apply" ? " with kubectl apply" : ""}`,
  update: (told) => {
    return phrase(managers[told.param("fieldManager") ?? ""] ?? "replace")`${thing(told)}`;
  },
  patch: patched,
  delete: deleted,
  deletecollection: (told) => phrase("delete")`${deletedThings(told)}`,
  proxy,
};
