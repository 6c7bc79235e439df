import { expect, test } from "vitest";
import { decode } from "../domain/decode.ts";
import type { About } from "../fields/field.ts";
import { fieldCatalogue } from "../fields/index.ts";
import { decisive, type ExplainContext, type Explanation, explained } from "./explain.ts";
import { parseCondition } from "./parse.ts";
import type { Condition } from "./syntax.ts";

const about: About = { num: 1n, time: 0n, source: "k8s_audit", hostname: "here" };

function explain(text: string, fields: Record<string, unknown>, macros: Record<string, string> = {}): Explanation {
  const event = {
    ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", auditID: "1", stageTimestamp: "2026-01-01T00:00:00Z" },
    ...fields,
  };
  const [part] = decode(new TextEncoder().encode(JSON.stringify(event)));
  if (part?.kind !== "event") throw new Error("the test's own event is none");
  const names = new Map<Condition, string>();
  const context: ExplainContext = {
    catalogue: fieldCatalogue({ falcoCompat: false }),
    dialect: { falcoCompat: false },
    macros: names,
  };
  const condition = expanded(tree(text), (name) => {
    const body = tree(macros[name] ?? "");
    names.set(body, name);
    return body;
  });
  return explained(condition, part.event, about, context);
}

function tree(text: string): Condition {
  const parsed = parseCondition(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

function expanded(node: Condition, macro: (name: string) => Condition): Condition {
  if (node.kind === "macro") return macro(node.name);
  if (node.kind === "not") return { ...node, child: expanded(node.child, macro) };
  if (node.kind === "and" || node.kind === "or") {
    return { ...node, children: node.children.map((child) => expanded(child, macro)) };
  }
  return node;
}

test("each part is told with what it came to, also those that judging would skip", () => {
  const event = { verb: "create", user: { username: "eve" }, level: "RequestResponse", stage: "ResponseComplete" };
  expect(explain("ka.verb = get and not by_eve", event, { by_eve: "ka.user.name = eve" })).toEqual({
    kind: "and",
    holds: false,
    children: [
      {
        kind: "check",
        holds: false,
        text: "ka.verb = get",
        values: [{ field: "ka.verb", value: "create", shown: "create" }],
      },
      {
        kind: "not",
        holds: false,
        children: [
          {
            kind: "check",
            holds: true,
            macro: "by_eve",
            text: "ka.user.name = eve",
            values: [{ field: "ka.user.name", value: "eve", shown: "eve" }],
          },
        ],
      },
    ],
  });
});

test("what is absent is told with the level at which it would be there", () => {
  const event = { verb: "create", level: "Metadata", stage: "ResponseComplete" };
  expect(explain("ka.req.pod.host_network exists", event)).toMatchObject({
    holds: false,
    values: [
      {
        field: "ka.req.pod.host_network",
        existsFrom: { level: "Request" },
        because: "this event was logged at level Metadata; it exists from Request",
      },
    ],
  });
});

test("what is absent is told with the stage at which it would be there", () => {
  const event = { verb: "create", level: "RequestResponse", stage: "RequestReceived" };
  expect(explain("ka.response.code = 403", event)).toMatchObject({
    holds: false,
    values: [{ because: expect.stringMatching(/^this event is of stage RequestReceived; it exists at Response/) }],
  });
});

test("both sides of a comparison show their fields, arguments too", () => {
  const event = { level: "Metadata", stage: "ResponseComplete", requestURI: "/api?a=b", verb: "b" };
  const explanation = explain("ka.verb = val(ka.uri.param[a])", event);
  expect(explanation).toMatchObject({
    holds: true,
    values: [{ shown: "b" }, { field: "ka.uri.param[a]", shown: "b" }],
  });
});

test("the checks that decided are those that would change the whole", () => {
  const event = { verb: "create", user: { username: "eve" }, level: "RequestResponse", stage: "ResponseComplete" };
  const explanation = explain("ka.verb = get and ka.user.name = eve and not ka.verb in (create, patch)", event);
  expect(decisive(explanation).map(({ check, wanted }) => [check.text, wanted])).toEqual([
    ["ka.verb = get", true],
    ["ka.verb in (create, patch)", false],
  ]);
});
