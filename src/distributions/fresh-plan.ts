/** The plan for a cluster that nobody looked at: a new one, as its kind usually is. What a browser can show. */
import type { Distribution, Plan, Wish, World } from "./plan/contract.ts";
import { receiverNotes } from "./receiver-url.ts";

/** Nothing is there, and nothing can be asked. */
function freshWorld(typical: Readonly<Record<string, string>>): World & { readonly unseen: ReadonlySet<string> } {
  const unseen = new Set<string>();
  return {
    unseen,
    home: "$HOME",
    async ask(argv, assumed) {
      unseen.add(`\`${argv.join(" ")}\``);
      return assumed;
    },
    try: async () => undefined,
    read: async (_, path) => typical[path] ?? null,
    original: async () => null,
    kept: async () => undefined,
    recorded: async () => false,
    assume: (what) => void unseen.add(what),
  };
}

/** As `tiercel enable … --dry-run` prints it where nothing can be seen. @throws Refused where the wish cannot be. */
export async function freshPlan(one: Distribution, wish: Wish): Promise<Plan> {
  const world = freshWorld(one.typical?.(wish) ?? {});
  const { steps, notes = [] } = await one.plan(wish, world);
  return {
    distribution: one.name,
    cluster: wish.cluster,
    action: "enable",
    steps,
    notes: [...receiverNotes(wish.receiver), ...notes],
    unseen: [...world.unseen],
  };
}
