/** Whether API servers are still told to ask us, and trust us: our registration, looked at every so often. */
import type { SourceHealth, SourceWorld } from "../../domain/source.ts";
import type { AdmissionConfig } from "./config.ts";
import { keptBundle, ownApiServer, type Trust } from "./registration.ts";

const lookMs = 5 * 60_000;

export interface RegistrationWatch {
  start(): void;
  stop(): void;
  /** Looks now. True where the registration's trust was changed. */
  look(): Promise<boolean>;
  /** The source's health with what is wrong here, where it can be looked at. */
  told(health: SourceHealth): SourceHealth;
}

interface Watched {
  readonly config: Pick<AdmissionConfig, "api_server" | "registration">;
  readonly world: Pick<SourceWorld, "log" | "blind">;
  readonly trust: () => Trust;
  /** The clusters whose reviews have come. */
  readonly known: Iterable<string>;
}

export function registrationWatch({ config, world, trust, known }: Watched): RegistrationWatch {
  const name = config.registration;
  let wrong: { readonly why: string; readonly failing: boolean } | undefined;
  let wasRegistered = false;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<boolean> {
    const api = config.api_server ?? ownApiServer(process.env);
    if (api === undefined) return false;
    const found = await keptBundle(api, name, trust());
    if (found.kind === "mended") world.log("info", `the caBundle of ${name} is ours again`);
    if (found.kind === "right" || found.kind === "mended") {
      wasRegistered = true;
      wrong = undefined;
      return found.kind === "mended";
    }
    const why = "why" in found ? found.why : `there is no ValidatingWebhookConfiguration ${name}`;
    if (wrong?.why !== why) world.log("warn", why);
    wrong = { why, failing: found.kind === "wrong" || (found.kind === "absent" && wasRegistered) };
    // No review tells of it: API servers ask no webhook about webhooks.
    if (found.kind === "absent" && wasRegistered)
      for (const cluster of known)
        world.blind?.({ cluster, kind: "gap", why: `the ValidatingWebhookConfiguration ${name} was removed` });
    return false;
  }

  return {
    start() {
      void look();
      timer = setInterval(() => void look(), lookMs).unref();
    },
    stop: () => clearInterval(timer),
    look,
    told(health) {
      if (wrong === undefined || health.state !== "running") return health;
      return { ...health, state: wrong.failing ? "failing" : "running", why: health.why ?? wrong.why };
    },
  };
}
