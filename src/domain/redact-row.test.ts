/** What rows show of events with secrets. */
import { expect, test } from "vitest";
import type { AuditEvent } from "./audit-event.ts";
import { redactEvent } from "./redact.ts";
import { rowRedaction } from "./redact-row.ts";
import { decodeScanned } from "./scan/index.ts";

function event(more: object): AuditEvent {
  const whole = {
    ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Request", auditID: "a", stage: "ResponseComplete" },
    ...{ verb: "create", userAgent: "kubectl", stageTimestamp: "2026-01-01T00:00:00.000002Z" },
    ...more,
  };
  const [part] = [...decodeScanned(new TextEncoder().encode(JSON.stringify(whole)))];
  if (part?.kind !== "event") throw new Error("no event");
  return part.event;
}

const redactions: string[] = [];
const rows = () =>
  rowRedaction((one) => {
    redactions.push(one.at("auditID")?.text() ?? "");
    return redactEvent(one, (secret) => `redacted:${secret.length}`);
  });

const secret = (auditID: string, name: string, password: string, more: object = {}) =>
  event({
    auditID,
    requestURI: `/api/v1/namespaces/shop/secrets/${name}`,
    objectRef: { resource: "secrets", namespace: "shop", name },
    requestObject: { kind: "Secret", stringData: { password } },
    ...more,
  });

test("a body is redacted for the first of many rows alone", () => {
  const row = rows();
  redactions.length = 0;
  for (const name of ["a", "b", "c"])
    expect(
      row(secret(name, name, "swordfish"))
        .at("objectRef", "name")
        ?.text(),
    ).toBe(name);
  expect(redactions).toEqual(["a"]);
});

test("a secret that is in the address or the user agent too is sealed there, whenever it comes", () => {
  const row = rows();
  row(secret("first", "a", "swordfish"));
  const agent = row(secret("second", "b", "swordfish", { userAgent: "curl swordfish" }));
  expect(agent.at("userAgent")?.text()).toBe("curl redacted:9");
  const query = row(secret("third", "c", "x", { requestURI: "/api/v1/namespaces/shop/secrets/c?token=swordfish" }));
  expect(query.at("requestURI")?.text()).toBe("/api/v1/namespaces/shop/secrets/c?token=redacted:9");
  expect(
    row(secret("fourth", "b", "swordfish", { userAgent: "curl swordfish" }))
      .at("userAgent")
      ?.text(),
  ).toBe("curl redacted:9");
});

test("OpenShift's tokens are never shown by their names", () => {
  const row = rows();
  const token = (name: string) =>
    row(
      event({
        requestURI: `/apis/oauth.openshift.io/v1/oauthaccesstokens/${name}`,
        objectRef: { resource: "oauthaccesstokens", name },
      }),
    );
  for (const name of ["abcdefghijkl", "mnopqrstuvwx"]) {
    expect(token(name).at("objectRef", "name")?.text()).toBe("redacted:12");
    expect(token(name).at("requestURI")?.text()).toBe("/apis/oauth.openshift.io/v1/oauthaccesstokens/redacted:12");
  }
});
