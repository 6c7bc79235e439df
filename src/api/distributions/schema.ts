/** The kinds of cluster and their plans, on the wire. */
import { z } from "zod";

const Option = z.object({
  name: z.string().describe("As typed on the command line, without dashes."),
  doc: z.string().describe("What it says."),
  required: z.boolean().describe("Whether there is no plan without it."),
  default: z.string().nullable().describe("What it is where it is not given."),
  choices: z.array(z.string()).readonly().nullable().describe("Its only values; null where any will do."),
});

export const DistributionView = z
  .object({
    name: z.string().describe("As of `tiercel enable --list`."),
    title: z.string().describe("The kind of cluster, in words."),
    doc: z.string().describe("How its events reach us."),
    aliases: z.array(z.string()).readonly().describe("Other names it answers to."),
    tools: z.array(z.string()).readonly().describe("Programs that its command needs on PATH."),
    takesHosts: z.boolean().describe("Whether control-plane hosts are named."),
    needsReceiver: z.boolean().describe("Whether it must know where Tiercel is reached."),
    setsPolicy: z
      .boolean()
      .describe("Whether its plan writes an audit policy; else what is recorded is set elsewhere."),
    options: z.array(Option).readonly().describe("What it takes."),
  })
  .describe("A kind of cluster whose auditing can be turned on.");
export type DistributionView = z.output<typeof DistributionView>;

export const Distributions = z.object({
  items: z.array(DistributionView).readonly().describe("In the order of `tiercel enable --list`."),
});
export type Distributions = z.output<typeof Distributions>;

export const PlanWish = z.strictObject({
  cluster: z.string().min(1).max(253).describe("The cluster's name."),
  receiver: z.string().min(1).max(2000).describe("What its API servers reach us by: `https://10.0.0.5:7765`."),
  options: z.record(z.string(), z.string().max(2000)).default({}).describe("The kind's own options, by their names."),
  hosts: z
    .array(
      z
        .string()
        .regex(/^[^\s-]\S*$/, { error: "is one word, as ssh takes it" })
        .max(300),
    )
    .max(50)
    .default([])
    .describe("Control-plane hosts, as ssh takes them; none: the machine the command runs on."),
  kubernetes: z.string().max(40).optional().describe("The cluster's version, like `1.30`."),
  levelCap: z.enum(["Metadata", "Request", "RequestResponse"]).optional().describe("Nothing is recorded deeper."),
  token: z.boolean().default(true).describe("Whether the cluster sends a token; its place in files says `<token>`."),
});
export type PlanWish = z.input<typeof PlanWish>;

const Step = z.object({
  kind: z.enum(["file", "run", "wait", "edit"]).describe("A file, a program run, a wait, an object changed."),
  title: z.string().describe("Why."),
  on: z.string().describe("Where."),
  what: z.string().describe("The file with what is done to it, the command, or the object."),
  detail: z.string().describe("The diff, the program's input, or what is waited for. May be empty."),
  undo: z.string().nullable().describe("What takes it back."),
  restarts: z.string().nullable().describe("What stops answering meanwhile, and for how long about."),
});
export type PlanStep = z.output<typeof Step>;

export const PlanView = z
  .object({
    command: z.string().describe("The command that looks at the cluster, and does this."),
    text: z.string().describe("As `--dry-run` prints it."),
    steps: z.array(Step).readonly().describe("In order."),
    notes: z.array(z.string()).readonly().describe("What else to know."),
    unseen: z.array(z.string()).readonly().describe("What the command looks at, and this plan took for granted."),
    files: z
      .array(
        z.object({
          path: z.string().describe("Its place: behind the host's name, where there is one."),
          doc: z.string().describe("What it is for."),
          content: z.string().describe("All of it."),
          secret: z.boolean().describe("True where it has a place for the token, `<token>`."),
        }),
      )
      .readonly()
      .describe("What `--out` writes."),
  })
  .describe("A plan for a cluster that nobody looked at.");
export type PlanView = z.output<typeof PlanView>;
