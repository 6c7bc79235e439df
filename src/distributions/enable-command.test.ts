import { expect, test } from "vitest";
import { enableCommands } from "./enable-command.ts";
import { distributions } from "./index.ts";

const commands = enableCommands({
  cluster: "oslo",
  url: "https://192.0.2.1:7765/k8s_audit/oslo",
  token: "secret-0123",
});

test("every kind of cluster has its command", () => {
  expect(commands.map(({ name }) => name)).toEqual(distributions.map(({ name }) => name));
});

test("what posts to us is told where, with its token; what we fetch is not", () => {
  const of = (name: string) => commands.find((one) => one.name === name)?.command;
  expect(of("k3s")).toBe(
    "export TIERCEL_INGEST_TOKEN=secret-0123\ntiercel enable k3s --cluster oslo --receiver https://192.0.2.1:7765 --host root@CONTROL-PLANE-HOST --dry-run\n",
  );
  expect(of("eks")).toBe("tiercel enable eks --cluster oslo --region REGION --dry-run\n");
});
