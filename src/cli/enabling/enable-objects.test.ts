/** Kinds that are turned on by objects of the cluster: OpenShift 4, hosted control planes, Gardener, admission. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Hosts, hosts, run } from "./hosts.kit.ts";

let at: Hosts;
beforeEach(() => {
  at = hosts();
});
afterEach(() => at.remove());

const token = "tiercel_0123456789abcdef";
const tokenEnv = { TIERCEL_INGEST_TOKEN: token };
const here = (name: string) => join(at.folder, name);
const notFound = (kind: string) => `{ echo 'Error from server (NotFound): ${kind} not found' >&2; exit 1; }`;

describe("OpenShift 4.4 and later", () => {
  const state = ["forwarder", "role", "account", "profile", "before", "secret"] as const;
  const oc = (more = "") =>
    at.program(
      "oc",
      `d=${at.folder}; ${more}
case "$*" in
"get clusterversion"*) cat $d/version 2>/dev/null || echo 4.15.3;;
*'spec.audit.profile'*) cat $d/profile 2>/dev/null || echo Default;;
*'jsonpath'*'audit-profile-before'*) cat $d/before 2>/dev/null || true;;
"patch apiserver"*'before":null'*) rm -f $d/before $d/profile;;
"patch apiserver"*) echo Default > $d/before; echo WriteRequestBodies > $d/profile;;
"get secret"*) [ -e $d/secret ] || ${notFound("secrets")}; printf '%s' "$(sed -n 's/^  token: //p' $d/secret | tr -d '\\n' | ${process.execPath} -e 'process.stdout.write(Buffer.from(require("fs").readFileSync(0)).toString("base64"))')";;
"get clusterlogforwarder"*) [ -e $d/forwarder ] || ${notFound("clusterlogforwarder")}; printf '%s|%s|' "$(sed -n 's/ *url: //p' $d/forwarder)" "$(sed -n 's/ *name: \\(tiercel-receiver\\)/\\1/p' $d/forwarder)";;
"get clusterrolebindings"*) [ -e $d/role ] && echo collect-audit-logs tiercel-collector || echo '{}';;
"get serviceaccount"*) [ -e $d/account ] || ${notFound("serviceaccounts")};;
"create serviceaccount"*) : > $d/account;;
"adm policy add"*) : > $d/role;;
"adm policy remove"*) rm $d/role;;
"apply"*) cat > $d/new; if grep -q 'kind: Secret' $d/new; then mv $d/new $d/secret; else mv $d/new $d/forwarder; fi;;
"delete clusterlogforwarder"*) rm $d/forwarder;;
"delete serviceaccount"*) rm $d/account;;
"delete secret"*) rm $d/secret;;
esac`,
    );

  test("profile, secret and forwarder are made once, and taken back without receiver or token being told", async () => {
    oc();
    const first = await run(at, "enable", "openshift", {}, tokenEnv);
    expect(first.code, first.err).toBe(0);
    expect(first.err).not.toContain(token);
    expect(at.calls().join("\n")).not.toContain(token);
    expect(readFileSync(here("secret"), "utf8")).toContain(token);
    expect(parse(readFileSync(here("forwarder"), "utf8")).spec.outputs[0].http.authentication.token.secret.name).toBe(
      "tiercel-receiver",
    );
    expect((await run(at, "enable", "openshift", {}, tokenEnv)).err).toContain("nothing to do");
    const rotated = await run(at, "enable", "openshift", {}, { TIERCEL_INGEST_TOKEN: "another-token-of-16" });
    expect(rotated.code, rotated.err).toBe(0);
    expect(readFileSync(here("secret"), "utf8")).toContain("another-token-of-16");
    const back = await run(at, "disable", "openshift", { receiver: undefined } as never);
    expect(back.code, back.err).toBe(0);
    for (const name of state) expect(existsSync(here(name)), name).toBe(false);
    expect((await run(at, "disable", "openshift", {})).err).toContain("nothing to do");
  });

  test("half way it goes on; without the operator, or the right, it says so; an older one is another distribution", async () => {
    oc(
      `case "$*" in "adm policy add"*) echo 'Error from server (Forbidden): clusterrolebindings is forbidden: User "dev" cannot create' >&2; exit 1;; esac`,
    );
    const failed = await run(at, "enable", "openshift", {});
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining('User "dev" cannot create')]);
    oc();
    expect((await run(at, "enable", "openshift", {})).code).toBe(0);
    oc(
      `case "$*" in *clusterlogforwarder*) echo 'error: the server doesn'"'"'t have a resource type "clusterlogforwarder"' >&2; exit 1;; esac`,
    );
    const missing = await run(at, "enable", "openshift", {});
    expect([missing.code, missing.err]).toEqual([3, expect.stringContaining("install its operator first")]);
    oc("case \"$*\" in get*) echo 'error: You must be logged in to the server (Unauthorized)' >&2; exit 1;; esac");
    for (const action of ["enable", "disable"] as const) {
      const out = await run(at, action, "openshift", {});
      expect([out.code, out.err]).toEqual([3, expect.stringContaining("log in first: oc login")]);
    }
    oc();
    writeFileSync(here("version"), "4.3.18");
    await expect(run(at, "enable", "openshift", {})).rejects.toThrow("this cluster is OpenShift 4.3.18");
  });

  test("a hosted control plane gets the webhook in a Secret", async () => {
    at.program(
      "oc",
      `d=${at.folder}; case "$*" in "get secret"*) [ -e $d/s ] && cat $d/s64 || ${notFound("secrets")};;
apply*) cat > $d/s; ${process.execPath} -e 'const t=require("fs").readFileSync("'$d'/s","utf8"); process.stdout.write(Buffer.from(t.split("webhook-kubeconfig: |\\n")[1].replace(/^    /gm,"")).toString("base64"))' > $d/s64;;
"get hostedcluster"*) cat $d/h 2>/dev/null || true;; "patch hostedcluster"*null*) rm -f $d/h;; "patch hostedcluster"*) echo hc-tiercel-webhook > $d/h;; "delete secret"*) rm $d/s;; esac`,
    );
    const hosted = { hostedCluster: "hc" };
    const first = await run(at, "enable", "openshift", hosted, tokenEnv);
    expect(first.code, first.err).toBe(0);
    expect(first.err).not.toContain(token);
    expect(parse(parse(readFileSync(here("s"), "utf8")).stringData["webhook-kubeconfig"]).users[0].user.token).toBe(
      token,
    );
    expect((await run(at, "enable", "openshift", hosted, tokenEnv)).err).toContain("nothing to do");
    expect((await run(at, "disable", "openshift", hosted)).code).toBe(0);
    expect([existsSync(here("s")), existsSync(here("h"))]).toEqual([false, false]);
  });
});

describe.each(["4.2", "4.3"])("OpenShift %s", (version) => {
  const oc = (overrides = "") =>
    at.program(
      "oc",
      `d=${at.folder}; case "$*" in "get clusterversion"*) cat $d/version 2>/dev/null || echo ${version}.9;;
*unsupportedConfigOverrides.apiServerArguments*) if [ -e $d/dyn ]; then echo '{"audit-dynamic-configuration":["true"],"feature-gates":["DynamicAuditing=true"],"runtime-config":["auditregistration.k8s.io/v1alpha1=true"]}'; else echo '${overrides}'; fi;;
*NodeInstallerProgressing*) echo False;; "patch kubeapiserver"*remove*) rm $d/dyn;; "patch kubeapiserver"*) : > $d/dyn;;
"get auditsink"*) [ -e $d/sink ] || ${notFound("auditsinks")}; sed -n 's/ *url: //p' $d/sink;; apply*) cat > $d/sink;; "delete auditsink"*) rm $d/sink;; esac`,
    );

  test("dynamic auditing and the sink, once; and both back", async () => {
    oc();
    const name = `openshift-${version}`;
    const first = await run(at, "enable", name, {});
    expect(first.code, first.err).toBe(0);
    expect(parse(readFileSync(here("sink"), "utf8")).spec.webhook.clientConfig.url).toBe(
      "https://10.0.0.5:7765/k8s_audit/prod",
    );
    expect((await run(at, "enable", name, {})).err).toContain("nothing to do");
    const back = await run(at, "disable", name, {});
    expect(back.code, back.err).toBe(0);
    expect([existsSync(here("sink")), existsSync(here("dyn"))]).toEqual([false, false]);
  });

  test("somebody's own overrides are not overwritten; another version is another distribution", async () => {
    oc('{"feature-gates":["Mine=true"]}');
    await expect(run(at, "enable", `openshift-${version}`, {})).rejects.toThrow(
      'feature-gates is there already: ["Mine=true"]',
    );
    oc();
    writeFileSync(here("version"), "4.15.1");
    await expect(run(at, "enable", `openshift-${version}`, {})).rejects.toThrow("this cluster is OpenShift 4.15.1");
  });
});

describe("Gardener", () => {
  const of = { namespace: "garden-p" };
  const kubectl = () =>
    at.program(
      "kubectl",
      `d=${at.folder}; case "$*" in *"get shoot"*) cat $d/ref 2>/dev/null || true;;
*"get configmap"*) [ -e $d/policy ] || ${notFound("configmaps")}; cat $d/policy;;
apply*) ${process.execPath} -e 'const t=require("fs").readFileSync(0,"utf8"); process.stdout.write(t.split("policy: |\\n")[1].replace(/^    /gm,""))' > $d/policy;;
*"patch shoot"*'auditConfig":null'*) rm $d/ref;; *"patch shoot"*) for w; do :; done; printf '%s' "$w" | sed 's/.*"name":"\\([^"]*\\)".*/\\1/' > $d/ref;; *"delete configmap"*) rm $d/policy;; esac`,
    );

  test("the policy in a ConfigMap, the shoot takes it, once; and both back", async () => {
    kubectl();
    const first = await run(at, "enable", "gardener", of);
    expect(first.code, first.err).toBe(0);
    expect(readFileSync(here("ref"), "utf8")).toBe("tiercel-audit-policy");
    expect(readFileSync(here("policy"), "utf8")).toContain("kind: Policy");
    expect((await run(at, "enable", "gardener", of)).err).toContain("nothing to do");
    expect((await run(at, "disable", "gardener", of)).code).toBe(0);
    expect([existsSync(here("ref")), existsSync(here("policy"))]).toEqual([false, false]);
  });

  test("another policy is refused, kept, or replaced and put back; a shoot that is not there is told", async () => {
    kubectl();
    writeFileSync(here("ref"), "theirs");
    await expect(run(at, "enable", "gardener", of)).rejects.toThrow("the ConfigMap theirs");
    expect((await run(at, "enable", "gardener", { ...of, merge: "keep" })).err).toContain("nothing to do");
    expect((await run(at, "enable", "gardener", { ...of, merge: "replace" })).code).toBe(0);
    expect((await run(at, "disable", "gardener", of)).code).toBe(0);
    expect(readFileSync(here("ref"), "utf8")).toBe("theirs");
    at.program(
      "kubectl",
      "echo 'Error from server (NotFound): shoots.core.gardener.cloud \"prod\" not found' >&2; exit 1",
    );
    const out = await run(at, "enable", "gardener", of);
    expect([out.code, out.err]).toEqual([3, expect.stringContaining('"prod" not found')]);
  });
});

describe("admission", () => {
  const url = { url: "https://10.0.0.5:7767" };
  const manifest = (bundle: string) =>
    `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata:\n  name: tiercel-audit\nwebhooks:\n- clientConfig:\n    caBundle: ${bundle}\n`;
  const kubectl = () => {
    mkdirSync(at.folder, { recursive: true });
    at.program(
      "kubectl",
      `d=${at.folder}; case "$*" in get*) [ -e $d/hook ] || ${notFound("validatingwebhookconfigurations")}; sed -n 's/ *caBundle: //p' $d/hook;; apply*) cat > $d/hook;; delete*) rm $d/hook;; esac`,
    );
  };

  test("the registration that Tiercel prints, once, anew with a new authority; and away while Tiercel is gone", async () => {
    kubectl();
    at.program("curl", `cat <<'E'\n${manifest("QUJD")}E`);
    expect((await run(at, "enable", "admission", url)).code).toBe(0);
    expect((await run(at, "enable", "admission", url)).err).toContain("nothing to do");
    at.program("curl", `cat <<'E'\n${manifest("REVG")}E`);
    expect((await run(at, "enable", "admission", url)).code).toBe(0);
    expect(readFileSync(here("hook"), "utf8")).toContain("REVG");
    at.program("curl", "echo 'curl: (7) Failed to connect to 10.0.0.5 port 7767' >&2; exit 7");
    const out = await run(at, "enable", "admission", url);
    expect([out.code, out.err]).toEqual([3, expect.stringContaining("Failed to connect")]);
    const back = await run(at, "disable", "admission", {});
    expect(back.code, back.err).toBe(0);
    expect(existsSync(here("hook"))).toBe(false);
  });

  test("another address than that of the source, and no right to register, are told", async () => {
    kubectl();
    at.program("curl", "echo '<html>'");
    await expect(run(at, "enable", "admission", url)).rejects.toThrow("answers no webhook configuration");
    at.program("curl", `cat <<'E'\n${manifest("QUJD")}E`);
    at.program(
      "kubectl",
      "echo 'Error from server (Forbidden): validatingwebhookconfigurations is forbidden' >&2; exit 1",
    );
    const out = await run(at, "enable", "admission", url);
    expect([out.code, out.err]).toEqual([3, expect.stringContaining("it needs that right")]);
    const back = await run(at, "disable", "admission", {});
    expect([back.code, back.err]).toEqual([3, expect.stringContaining("is forbidden")]);
  });
});
