/** The clouds' kinds, on recording programs that remember what was made, and answer as the real ones do. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Hosts, hosts, run } from "./hosts.kit.ts";

let at: Hosts;
beforeEach(() => {
  at = hosts();
});
afterEach(() => at.remove());

const made = () => readFileSync(join(at.folder, "made"), "utf8").split("\n").filter(Boolean).sort();

/** Things by what is said before the verb: made, shown, removed. Bindings are lines of the thing's policy. */
const gcloud = () => {
  writeFileSync(join(at.folder, "made"), "");
  at.program(
    "gcloud",
    `m=${at.folder}/made; k=; for w; do case "$w" in describe|create|delete|get-iam-policy|add-iam-policy-binding) v=$w; break;; esac; k="$k$w/"; done
there() { grep -qxF "$k" $m; }
absent() { echo "ERROR: (gcloud.$v) NOT_FOUND: Resource not found (resource=$k)." >&2; exit 1; }
case "$v" in
describe) there || absent; case "$*" in *writerIdentity*) echo serviceAccount:writer@gcp;; esac;;
create) if there; then echo "ERROR: (gcloud.$v) ALREADY_EXISTS: Resource already exists" >&2; exit 1; fi; echo "$k" >> $m;;
delete) there || absent; grep -vxF "$k" $m > $m.new; mv $m.new $m; rm -f "$m.$(echo $k | tr / -)";;
get-iam-policy) there || absent; cat "$m.$(echo $k | tr / -)" 2>/dev/null || echo '{"etag":"ACAB"}';;
add-iam-policy-binding) there || absent; echo "$*" >> "$m.$(echo $k | tr / -)";;
esac`,
  );
};

const az = () => {
  writeFileSync(join(at.folder, "made"), "");
  at.program(
    "az",
    `m=${at.folder}/made; k=; for w; do case "$w" in show|create|delete) v=$w; break;; esac; k="$k$w/"; done
there() { grep -qxF "$k" $m; }
absent() { echo "ERROR: (ResourceNotFound) The Resource '$k' under resource group 'g' was not found." >&2; exit 3; }
case "$v" in
show) there || absent; case "$*" in *"--query id"*) echo /subscriptions/s/namespaces/n;; *) cat ${at.folder}/setting 2>/dev/null || echo '{}';; esac;;
create) echo "$k" >> $m; case "$*" in *--logs*) echo '{"logs":[{"category":"kube-audit","enabled":true}]}' > ${at.folder}/setting;; esac;;
delete) there || absent; if [ "$k" = eventhubs/namespace/ ]; then grep -v '^eventhubs/' $m > $m.new || true; else grep -vxF "$k" $m > $m.new || true; fi; mv $m.new $m;;
esac`,
  );
};

const gke = { project: "p" };
const aks = { resourceGroup: "g" };

describe("GKE", () => {
  test("everything is made once, in order, and all of it is taken away again", async () => {
    gcloud();
    const first = await run(at, "enable", "gke", gke);
    expect(first.code, first.err).toBe(0);
    expect(made()).toEqual(["iam/service-accounts/", "logging/sinks/", "pubsub/subscriptions/", "pubsub/topics/"]);
    expect(at.calls()).toContain(
      "gcloud pubsub topics add-iam-policy-binding tiercel-prod --project p --member=serviceAccount:writer@gcp --role=roles/pubsub.publisher",
    );
    expect(at.calls()).toContain(
      "gcloud pubsub subscriptions add-iam-policy-binding tiercel-prod --project p --member=serviceAccount:tiercel-prod@p.iam.gserviceaccount.com --role=roles/pubsub.subscriber",
    );
    expect((await run(at, "enable", "gke", gke)).err).toContain("nothing to do");
    const back = await run(at, "disable", "gke", gke);
    expect(back.code, back.err).toBe(0);
    expect(made()).toEqual([]);
    expect((await run(at, "disable", "gke", gke)).err).toContain("nothing to do");
  });

  test("clusters whose names begin alike share nothing", async () => {
    gcloud();
    for (const end of ["blue", "green"]) {
      const { code, err } = await run(at, "enable", "gke", { ...gke, cluster: `a-shop-with-a-long-name-${end}` });
      expect(code, err).toBe(0);
    }
    const topics = at.calls().filter((call) => call.startsWith("gcloud pubsub topics describe "));
    expect(new Set(topics.map((call) => call.split(" ")[4])).size).toBe(2);
    for (const topic of topics) expect(topic.split(" ")[4]).toMatch(/^tiercel-[a-z0-9-]{1,22}$/);
  });

  test("half way: what is there stays, and the same command goes on", async () => {
    gcloud();
    writeFileSync(join(at.folder, "real"), readFileSync(join(at.folder, "bin", "gcloud")));
    at.program(
      "gcloud",
      `case "$*" in "logging sinks create"*) echo "ERROR: (gcloud.logging.sinks.create) PERMISSION_DENIED: Permission 'logging.sinks.create' denied" >&2; exit 1;; esac; exec sh ${at.folder}/real "$@"`,
    );
    const failed = await run(at, "enable", "gke", gke);
    expect(failed.code).toBe(1);
    expect(failed.err).toContain("PERMISSION_DENIED: Permission 'logging.sinks.create' denied");
    expect(failed.err).toContain("2 of 6 steps are done");
    at.program("gcloud", `exec sh ${at.folder}/real "$@"`);
    const on = await run(at, "enable", "gke", gke);
    expect(on.err).not.toContain("1. A topic");
    expect(on.code, on.err).toBe(0);
    expect(made()).toHaveLength(4);
  });
});

describe("AKS", () => {
  test("everything is made once, and all of it is taken away again", async () => {
    az();
    const first = await run(at, "enable", "aks", aks);
    expect(first.code, first.err).toBe(0);
    expect(made()).toEqual([
      "eventhubs/eventhub/",
      "eventhubs/eventhub/authorization-rule/",
      "eventhubs/eventhub/consumer-group/",
      "eventhubs/namespace/",
      "monitor/diagnostic-settings/",
    ]);
    expect(
      at.calls().some((call) => call.includes("--event-hub-rule /subscriptions/s/namespaces/n/authorizationrules/")),
    ).toBe(true);
    expect(
      at.calls().some((call) => call.includes("authorization-rule create") && call.endsWith("--rights Listen")),
    ).toBe(true);
    expect((await run(at, "enable", "aks", aks)).err).toContain("nothing to do");
    const back = await run(at, "disable", "aks", aks);
    expect(back.code, back.err).toBe(0);
    expect(made()).toEqual([]);
  });

  test("a resource group's name may hold parentheses, which are a shell's own", async () => {
    az();
    const named = { ...aks, resourceGroup: "prod(eu)" };
    const first = await run(at, "enable", "aks", named);
    expect(first.code, first.err).toBe(0);
    const created = at.calls().filter((call) => /diagnostic-settings create/.test(call));
    expect(created).toEqual([expect.stringContaining("--resource-group prod(eu) --resource-type")]);
    const back = await run(at, "disable", "aks", named);
    expect(back.code, back.err).toBe(0);
  });

  test("a program that does not know an option is told to be updated", async () => {
    az();
    writeFileSync(join(at.folder, "real"), readFileSync(join(at.folder, "bin", "az")));
    at.program(
      "az",
      `case "$*" in *"eventhub create"*) echo 'ERROR: unrecognized arguments: --retention-time-in-hours 168' >&2; exit 2;; esac; exec sh ${at.folder}/real "$@"`,
    );
    const failed = await run(at, "enable", "aks", aks);
    expect(failed.code).toBe(1);
    expect(failed.err).toContain("this `az` is older or newer than the plan was made for: update it");
  });

  test("an identity may read the hub instead of a key, once", async () => {
    az();
    const identity = "00000000-0000-4000-8000-000000000001";
    const first = await run(at, "enable", "aks", { ...aks, identity });
    expect(first.code, first.err).toBe(0);
    expect(made()).not.toContain("eventhubs/eventhub/authorization-rule/");
    expect(at.calls()).toContain(
      `az role assignment create --assignee ${identity} --role Azure Event Hubs Data Receiver --scope /subscriptions/s/namespaces/n`,
    );
    expect(first.out + first.err).toContain("azure.workload.identity/use");
    await expect(run(at, "enable", "aks", { ...aks, identity: "$(id)" })).rejects.toThrow("is no client id");
  });

  test("a category that is none is refused before anything is looked at", async () => {
    az();
    await expect(run(at, "enable", "aks", { ...aks, category: "guard" })).rejects.toThrow("no value of --category");
    expect(at.calls()).toEqual([]);
  });
});

describe("EKS", () => {
  const eks = { region: "eu-west-1", role: "tiercel" };
  const logging = () => join(at.folder, "logging");
  const aws = (version = "2.15.0") =>
    at.program(
      "aws",
      `d=${at.folder}; case "$*" in --version) echo 'aws-cli/${version} Python/3.11.6 Linux/6.1';;
*describe-cluster*status*) echo ACTIVE;; *describe-cluster*) cat $d/logging;;
*update-cluster-config*true*) echo audit > $d/logging;; *update-cluster-config*) echo > $d/logging;;
*get-role-policy*) [ -e $d/role ] || { echo 'An error occurred (NoSuchEntity) when calling the GetRolePolicy operation: The role policy cannot be found.' >&2; exit 254; };;
*put-role-policy*) : > $d/role;; *delete-role-policy*) rm $d/role;; esac`,
    );

  test("what is there is not made again, and only what we did is undone", async () => {
    aws();
    writeFileSync(logging(), "audit\n");
    expect((await run(at, "enable", "eks", eks)).code).toBe(0);
    const left = await run(at, "disable", "eks", eks);
    expect(left.code).toBe(0);
    expect(left.err).toContain("Left as it is");
    writeFileSync(logging(), "\n");
    expect((await run(at, "enable", "eks", eks)).code).toBe(0);
    expect(at.calls()).toContain(
      'aws eks update-cluster-config --region eu-west-1 --name prod --logging {"clusterLogging":[{"types":["audit"],"enabled":true}]}',
    );
    expect((await run(at, "enable", "eks", eks)).err).toContain("nothing to do");
    expect((await run(at, "disable", "eks", eks)).code).toBe(0);
    expect(readFileSync(logging(), "utf8")).toBe("\n");
  });

  test("an aws that is too old is told which is needed, and nothing is done", async () => {
    aws("1.16.20");
    await expect(run(at, "enable", "eks", eks)).rejects.toThrow("`aws` is 1.16.20, and 1.16.139 is needed");
    expect(at.calls()).toEqual(["aws --version"]);
  });

  test("Amazon that does not come to an end is waited for once more by the same command", async () => {
    aws();
    writeFileSync(logging(), "\n");
    writeFileSync(join(at.folder, "real"), readFileSync(join(at.folder, "bin", "aws")));
    at.program("aws", `case "$*" in *cluster.status*) echo UPDATING;; *) exec sh ${at.folder}/real "$@";; esac`);
    const slow = await run(at, "enable", "eks", { region: "eu-west-1" });
    expect(slow.code).toBe(1);
    expect(slow.err).toContain("not so after 900 s: UPDATING");
    at.program("aws", `exec sh ${at.folder}/real "$@"`);
    const calls = at.calls().length;
    const on = await run(at, "enable", "eks", { region: "eu-west-1" });
    expect(on.code, on.err).toBe(0);
    expect(
      at
        .calls()
        .slice(calls)
        .filter((call) => call.includes("update-cluster-config")),
    ).toEqual([]);
    expect(
      at
        .calls()
        .slice(calls)
        .some((call) => call.includes("cluster.status")),
    ).toBe(true);
  });
});

describe("IKS", () => {
  const url = () => join(at.folder, "url");
  const ibmcloud = () =>
    at.program(
      "ibmcloud",
      `u=${at.folder}/url; case "$*" in *"audit-webhook get"*) if [ -s $u ]; then cat $u; else echo 'No audit webhook is set for this cluster.'; fi;; *"audit-webhook set"*) echo "Server: $9" > $u;; *"audit-webhook unset"*) : > $u;; esac`,
    );

  test("the one webhook is set and unset; somebody else's is left alone, or put back", async () => {
    ibmcloud();
    writeFileSync(url(), "");
    const first = await run(at, "enable", "iks", { clientCert: "admin.pem", clientKey: "key.pem" });
    expect(first.code, first.err).toBe(0);
    expect(readFileSync(url(), "utf8")).toBe("Server: https://10.0.0.5:7765/k8s_audit/prod\n");
    expect(at.calls()).toContain(
      "ibmcloud ks cluster master audit-webhook set --cluster prod --remote-server https://10.0.0.5:7765/k8s_audit/prod --policy verbose --client-cert admin.pem --client-key key.pem",
    );
    expect((await run(at, "enable", "iks", {})).err).toContain("nothing to do");
    // The receiver is not needed to go back.
    expect((await run(at, "disable", "iks", { receiver: undefined } as never)).code).toBe(0);
    expect(readFileSync(url(), "utf8")).toBe("");
    const theirs = "Server: https://theirs.example/log\n";
    writeFileSync(url(), theirs);
    await expect(run(at, "enable", "iks", {})).rejects.toThrow("configured already");
    const left = await run(at, "disable", "iks", {});
    expect(left.code).toBe(0);
    expect(left.err).toContain("not ours: left alone");
    expect((await run(at, "enable", "iks", { merge: "replace" })).code).toBe(0);
    expect((await run(at, "disable", "iks", {})).code).toBe(0);
    expect(readFileSync(url(), "utf8")).toBe(theirs);
  });

  test("a refresh that failed is owed", async () => {
    ibmcloud();
    writeFileSync(url(), "");
    writeFileSync(join(at.folder, "real"), readFileSync(join(at.folder, "bin", "ibmcloud")));
    at.program("ibmcloud", `case "$*" in *refresh*) echo 'FAILED' >&2; exit 1;; esac; exec sh ${at.folder}/real "$@"`);
    expect((await run(at, "enable", "iks", {})).code).toBe(1);
    at.program("ibmcloud", `exec sh ${at.folder}/real "$@"`);
    expect((await run(at, "enable", "iks", {})).code).toBe(0);
    expect(at.calls().at(-1)).toContain("master refresh --cluster prod");
  });

  test("its plug-in is missing", async () => {
    at.program(
      "ibmcloud",
      "echo \"'ks' is not a registered command. Check your list of installed plug-ins.\" >&2; exit 1",
    );
    const out = await run(at, "enable", "iks", {});
    expect([out.code, out.err]).toEqual([3, expect.stringContaining("ibmcloud plugin install kubernetes-service")]);
  });
});

/** What each program says when it does not let one in, cannot tell, or takes too long: never taken for "not there". */
const troubles = [
  {
    name: "gke",
    options: gke,
    program: "gcloud",
    said: "ERROR: (gcloud.pubsub.topics.describe) You do not currently have an active account selected.\nPlease run:\n\n  $ gcloud auth login",
    help: "log in first: gcloud auth login",
  },
  {
    name: "gke",
    options: gke,
    program: "gcloud",
    said: "ERROR: (gcloud.pubsub.topics.describe) PERMISSION_DENIED: User not authorized to perform this action.",
    help: "it needs that right",
  },
  {
    name: "aks",
    options: aks,
    program: "az",
    said: "ERROR: Please run 'az login' to setup account.",
    help: "log in first: az login",
  },
  {
    name: "aks",
    options: aks,
    program: "az",
    said: "ERROR: (ResourceGroupNotFound) Resource group 'g' could not be found.",
    help: "see that `az` works by hand",
  },
  {
    name: "aks",
    options: aks,
    program: "az",
    said: "ERROR: (AuthorizationFailed) The client does not have authorization to perform action 'Microsoft.EventHub/namespaces/read'",
    help: "it needs that right",
  },
  {
    name: "eks",
    options: { region: "eu-west-1" },
    program: "aws",
    said: 'Unable to locate credentials. You can configure credentials by running "aws configure".',
    help: "log in first: aws configure",
  },
  {
    name: "eks",
    options: { region: "eu-west-1" },
    program: "aws",
    said: "An error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: No cluster found for name: prod.",
    help: "see that `aws` works by hand",
  },
  {
    name: "iks",
    options: {},
    program: "ibmcloud",
    said: "FAILED\nNot logged in. Use 'ibmcloud login' to log in.",
    help: "log in first: ibmcloud login",
  },
] as const;

test.each(troubles)("$name: $said", async ({ name, options, program, said, help }) => {
  at.program(program, `case "$*" in --version) echo 9.9.9; exit 0;; esac; cat >&2 <<'E'\n${said}\nE\nexit 1`);
  for (const action of ["enable", "disable"] as const) {
    const out = await run(at, action, name, options);
    expect(out.code).toBe(3);
    expect(out.err).toContain(said.split("\n")[0]);
    expect(out.err).toContain(help);
    expect(out.err).not.toContain("nothing to do");
  }
});

test("a program that hangs is told by its time, and not waited for", async () => {
  const { machine } = await import("./machine.ts");
  at.program("az", "sleep 30");
  const answer = await machine({ env: at.env }).run({ via: "here", name: "" }, ["az", "account", "show"], {
    secs: 0.3,
  });
  expect(answer).toMatchObject({ code: 124, stderr: "`az` did not answer within 0.3 s" });
});

test.each(["gke", "aks", "eks", "iks"] as const)("%s: its missing program is told with what to do", async (name) => {
  const options = { gke, aks, eks: { region: "r" }, iks: {} }[name];
  const program = { gke: "gcloud", aks: "az", eks: "aws", iks: "ibmcloud" }[name];
  const out = await run(at, "enable", name, options);
  expect(out.code).toBe(3);
  expect(out.err).toContain(`\`${program}\` is not on PATH\nhelp: install ${program}`);
});
