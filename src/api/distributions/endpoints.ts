/** The kinds of cluster, and what turning their auditing on would do to a new one. Nothing is looked at, nothing done. */
import { z } from "zod";
import { enableCommand } from "../../distributions/enable-command.ts";
import { freshPlan } from "../../distributions/fresh-plan.ts";
import { distributionOf, distributions } from "../../distributions/index.ts";
import {
  type Distribution,
  type Plan,
  placeName,
  Refused,
  type Step,
  type Wish,
} from "../../distributions/plan/contract.ts";
import { planFiles } from "../../distributions/plan/plan-files.ts";
import { masker, plain, planText, stepShown } from "../../distributions/plan/shown.ts";
import { receiverBase, receiverUrl } from "../../distributions/receiver-url.ts";
import { checkedOptions, needsReceiver, policyFor } from "../../distributions/wish.ts";
import { endpoint } from "../endpoint.ts";
import { RequestFailure } from "../failure.ts";
import { Distributions, type DistributionView, type PlanStep, PlanView, PlanWish } from "./schema.ts";

const NoQuery = z.strictObject({});
/** Stands for the token, which is not sent here. */
const token = "<token>";

export const distributionEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/v1/distributions",
    operation: "distributions",
    doc: "The kinds of cluster whose auditing can be turned on, and what each takes.",
    role: "viewer",
    query: NoQuery,
    answer: Distributions,
    respond: async () => ({ items: distributions.map(viewOf) }),
  }),
  endpoint({
    method: "POST",
    path: "/api/v1/distributions/:name/plan",
    operation: "planDistribution",
    doc: "What turning auditing on does to a new cluster of this kind, as `tiercel enable --dry-run` prints it where nothing can be seen. Nothing is looked at, and nothing is done.",
    role: "viewer",
    query: NoQuery,
    body: PlanWish,
    answer: PlanView,
    respond: async (_, { params, body }) => {
      const one = distributionOf(params.name ?? "");
      if (one === undefined)
        throw new RequestFailure(
          "not_found",
          `there is no kind of cluster \`${params.name}\``,
          "GET /api/v1/distributions lists them",
        );
      try {
        return await planOf(one, body);
      } catch (error) {
        if (error instanceof Refused) throw new RequestFailure("invalid", error.message, error.help);
        throw error;
      }
    },
  }),
];

const viewOf = (one: Distribution): DistributionView => ({
  name: one.name,
  title: one.title,
  doc: one.doc,
  aliases: one.aliases ?? [],
  tools: one.tools,
  takesHosts: one.takesHosts === true,
  needsReceiver: needsReceiver(one),
  setsPolicy: one.policy === undefined,
  options: (one.options ?? []).map(({ name, doc, required, default: usual, choices }) => ({
    name,
    doc,
    required: required === true,
    default: usual ?? null,
    choices: choices ?? null,
  })),
});

async function planOf(one: Distribution, asked: z.output<typeof PlanWish>): Promise<PlanView> {
  const { cluster, receiver, hosts, kubernetes, levelCap } = asked;
  const address = receiverUrl(receiver, cluster);
  if ("problem" in address) throw new Refused(address.problem, address.help);
  const options = checkedOptions(one, asked.options);
  const version = one.kubernetes === undefined ? kubernetes?.trim() || undefined : `1.${one.kubernetes}`;
  const wish: Wish = {
    cluster,
    receiver: address.url,
    ...(asked.token ? { token } : {}),
    policy: policyFor(version, levelCap),
    hosts: one.takesHosts === true ? hosts : [],
    options,
  };
  const plan: Plan = await freshPlan(one, wish);
  const mask = masker(wish.token);
  return {
    command: enableCommand(one, {
      cluster,
      receiver: receiverBase(address.url),
      hosts: wish.hosts,
      options,
      ...(version === undefined || one.kubernetes !== undefined ? {} : { kubernetes: version }),
      ...(levelCap === undefined ? {} : { levelCap }),
    }),
    text: planText(plan, mask, plain),
    steps: plan.steps.map((step) => stepView(step, mask)),
    notes: plan.notes,
    unseen: plan.unseen,
    files: planFiles(plan, wish.token, mask).map(({ path, doc, content, secret }) => ({ path, doc, content, secret })),
  };
}

const stepView = (step: Step, mask: (text: string) => string): PlanStep => ({
  kind: step.kind,
  title: step.title,
  on: placeName(step.on),
  ...stepShown(step, mask),
  restarts: step.restarts === undefined ? null : `${step.restarts.what}, about ${step.restarts.secs} s`,
});
