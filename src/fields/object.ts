/** What a request's body says of its object, and of objects that decide over others: webhooks, certificates, tokens. */
import type { AuditEvent } from "../domain/audit-event.ts";
import type { JsonValue } from "../domain/json-value.ts";
import { bodyOf, inBody } from "./body.ts";
import { type FieldEntry, ownField, requiredKey, type Topic } from "./entry.ts";
import type { FieldType, Value } from "./field.ts";
import { elementsOf, nonEmpty, said, uint64In } from "./read.ts";

function one(
  topic: Topic,
  name: string,
  path: readonly string[],
  doc: string,
  requestObject: unknown,
  value: Value,
  type: FieldType = "string",
): FieldEntry {
  return ownField(topic, {
    name,
    doc,
    paths: [`/requestObject/${path.join("/")}`],
    type,
    read: (event) => (type === "uint64" ? uint64In : said)(inBody(event, ...path)),
    example: { event: { requestObject }, value },
  });
}

function many(
  topic: Topic,
  name: string,
  path: string,
  doc: string,
  requestObject: unknown,
  value: Value,
  read: (event: AuditEvent) => readonly string[],
): FieldEntry {
  return ownField(topic, {
    name,
    doc,
    paths: [`/requestObject/${path}`],
    list: true,
    read: (event) => nonEmpty(read(event)),
    example: { event: { requestObject }, value },
  });
}

function texts(value: JsonValue | undefined): string[] {
  return (value?.elements() ?? []).flatMap((element) => said(element) ?? []);
}

const webhook = {
  name: "all.evil.example",
  failurePolicy: "Ignore",
  clientConfig: { url: "https://192.0.2.9/", service: { namespace: "kube-system", name: "hook" } },
  rules: [{ apiGroups: [""], resources: ["pods", "secrets"], operations: ["*"] }],
};
const hooks = { kind: "MutatingWebhookConfiguration", webhooks: [webhook] };
const webhooks = (event: AuditEvent) => elementsOf(bodyOf(event)?.member("webhooks"));
const csr = {
  spec: { signerName: "kubernetes.io/kube-apiserver-client", usages: ["client auth"], expirationSeconds: 86400 },
  status: { conditions: [{ type: "Approved" }] },
};
const token = {
  spec: { audiences: ["vault"], expirationSeconds: 3600, boundObjectRef: { kind: "Pod", name: "web-1" } },
};
const object = {
  kind: "Pod",
  apiVersion: "v1",
  metadata: { generateName: "web-", labels: { app: "web" }, annotations: { "seccomp/pod": "unconfined" } },
};

/** Labels and annotations of the body's own metadata. */
function keyed(member: "labels" | "annotations", key: string): FieldEntry[] {
  return [
    ownField("object", {
      name: `ka.req.${member}`,
      doc: `The value of one of the ${member} that the request writes to its object.`,
      paths: [`/requestObject/metadata/${member}`],
      argument: requiredKey,
      read: (event, name = "") => said(inBody(event, "metadata", member, name)),
      example: { event: { requestObject: object }, argument: key, value: key === "app" ? "web" : "unconfined" },
    }),
    many(
      "object",
      `ka.req.${member}.keys`,
      `metadata/${member}`,
      `The names of the ${member} that the request writes.`,
      object,
      [key],
      (event) => [...(inBody(event, "metadata", member)?.members() ?? [])].map(([name]) => name),
    ),
  ];
}

export const objects: readonly FieldEntry[] = [
  one(
    "object",
    "ka.req.kind",
    ["kind"],
    "The kind of the request's body, where it says one: Pod, DeleteOptions, Scale.",
    object,
    "Pod",
  ),
  one(
    "object",
    "ka.req.apiversion",
    ["apiVersion"],
    "The API version of the request's body, where it says one.",
    object,
    "v1",
  ),
  one(
    "object",
    "ka.req.generate_name",
    ["metadata", "generateName"],
    "The prefix from which the server makes a name.",
    object,
    "web-",
  ),
  ...keyed("labels", "app"),
  ...keyed("annotations", "seccomp/pod"),
  many(
    "webhook",
    "ka.req.webhooks.name",
    "webhooks[]/name",
    "The names of the webhooks of a configuration.",
    hooks,
    [webhook.name],
    (event) => webhooks(event).flatMap((hook) => said(hook.member("name")) ?? []),
  ),
  many(
    "webhook",
    "ka.req.webhooks.url",
    "webhooks[]/clientConfig/url",
    "The URLs that webhooks send objects to.",
    hooks,
    [webhook.clientConfig.url],
    (event) => webhooks(event).flatMap((hook) => said(hook.member("clientConfig")?.member("url")) ?? []),
  ),
  many(
    "webhook",
    "ka.req.webhooks.service",
    "webhooks[]/clientConfig/service",
    "The services that webhooks send objects to, as namespace/name.",
    hooks,
    ["kube-system/hook"],
    (event) =>
      webhooks(event).flatMap((hook) => {
        const service = hook.member("clientConfig")?.member("service");
        return service?.kind === "object"
          ? [`${said(service.member("namespace")) ?? ""}/${said(service.member("name")) ?? ""}`]
          : [];
      }),
  ),
  many(
    "webhook",
    "ka.req.webhooks.failure_policy",
    "webhooks[]/failurePolicy",
    "What happens when a webhook fails: Fail or Ignore.",
    hooks,
    ["Ignore"],
    (event) => webhooks(event).flatMap((hook) => said(hook.member("failurePolicy")) ?? []),
  ),
  many(
    "webhook",
    "ka.req.webhooks.resources",
    "webhooks[]/rules[]/resources",
    "The resources that webhooks see, all together.",
    hooks,
    ["pods", "secrets"],
    (event) =>
      webhooks(event).flatMap((hook) =>
        elementsOf(hook.member("rules")).flatMap((rule) => texts(rule.member("resources"))),
      ),
  ),
  one(
    "credential",
    "ka.req.csr.signer",
    ["spec", "signerName"],
    "The signer that a certificate signing request asks.",
    csr,
    "kubernetes.io/kube-apiserver-client",
  ),
  many(
    "credential",
    "ka.req.csr.usages",
    "spec/usages",
    "What the certificate asked for may be used for.",
    csr,
    ["client auth"],
    (event) => texts(inBody(event, "spec", "usages")),
  ),
  many(
    "credential",
    "ka.req.csr.conditions",
    "status/conditions[]/type",
    "What an approval says: Approved, Denied or Failed.",
    csr,
    ["Approved"],
    (event) =>
      elementsOf(inBody(event, "status", "conditions")).flatMap((condition) => said(condition.member("type")) ?? []),
  ),
  one(
    "credential",
    "ka.req.csr.expiration",
    ["spec", "expirationSeconds"],
    "How long the certificate asked for is to live, in seconds.",
    csr,
    86400n,
    "uint64",
  ),
  many(
    "credential",
    "ka.req.token.audiences",
    "spec/audiences",
    "Whom the token asked for is meant to convince.",
    token,
    ["vault"],
    (event) => texts(inBody(event, "spec", "audiences")),
  ),
  one(
    "credential",
    "ka.req.token.expiration",
    ["spec", "expirationSeconds"],
    "How long the token asked for is to live, in seconds.",
    token,
    3600n,
    "uint64",
  ),
  one(
    "credential",
    "ka.req.token.bound_kind",
    ["spec", "boundObjectRef", "kind"],
    "The kind of the object with which the token asked for dies.",
    token,
    "Pod",
  ),
  one(
    "credential",
    "ka.req.token.bound_name",
    ["spec", "boundObjectRef", "name"],
    "The name of the object with which the token asked for dies.",
    token,
    "web-1",
  ),
];
