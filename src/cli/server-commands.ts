/** The commands around a running server: `serve`, what asks it, and what looks after its journal. */
import { type Command, Option } from "commander";
import type { ListOutput } from "./asked-list.ts";
import { examples, output, type Runs, repeatable, rulesOption, wholeNumber } from "./command-options.ts";
import { startFront } from "./front/start.ts";
import type { ExitCode, Io } from "./io.ts";
import type { ServerFlags } from "./server-config.ts";

/** Nothing waits longer for a server to stop: Kubernetes kills after 30 s. */
const stopMillis = 29_000;

export function serverCommands(program: Command, io: Io, runs: Runs): void {
  serveCommand(program, io, runs);
  detectionsCommand(program, io, runs);
  activityCommand(program, io, runs);
  loginLinkCommand(program, io, runs);
  journalCommands(program, io, runs);
}

export function serveCommand(program: Command, io: Io, runs: Runs): void {
  program
    .command("serve")
    .description(
      "Run the server: take audit events in, judge them, keep what they come to, answer questions.\n\n" +
        "It needs no configuration: the webhook listens on 127.0.0.1:7765, the API on 127.0.0.1:7766, and Tiercel's own " +
        "rules judge. tiercel.yaml in the working folder is read where there is one. SIGHUP loads the rules again, " +
        "SIGTERM stops without losing anything acknowledged.",
    )
    .summary("run the server")
    .addOption(config())
    .addOption(rulesOption())
    .addOption(data())
    .option("--ingest <addr:port>", "where the webhook listens (default: 127.0.0.1:7765)")
    .option("--listen <addr:port>", "where the API listens (default: 127.0.0.1:7766)")
    .option("--demo", "a make-believe cluster sends events, so that there is something to see")
    .addOption(matching())
    .addHelpText(
      "after",
      examples(
        ["see it at work", "tiercel serve --demo"],
        ["Falco's rules and one's own instead of the pack", "tiercel serve -r k8s_audit_rules.yaml -r mine.yaml"],
        ["everything in one file", "tiercel serve -c /etc/tiercel/tiercel.yaml"],
      ),
    )
    .action(
      runs(async (flags: ServerFlags) => {
        // What the databases leave beside their files is nobody else's either.
        process.umask(0o077);
        // What takes in loads while this thread does.
        const thread = startFront();
        const { serve } = await import("./serve.ts");
        const stop = new AbortController();
        let reload = () => {};
        const onStop = () => {
          // Asked twice, or slower than anybody waits for: what is acknowledged is on disk.
          if (stop.signal.aborted) process.exit(1);
          stop.abort();
          setTimeout(() => process.exit(1), stopMillis).unref();
        };
        const onHangup = () => reload();
        process.on("SIGTERM", onStop).on("SIGINT", onStop).on("SIGHUP", onHangup);
        try {
          const onReload = (with_: () => void) => {
            reload = with_;
          };
          return await serve(flags, io, { stop: stop.signal, onReload }, thread);
        } finally {
          process.off("SIGTERM", onStop).off("SIGINT", onStop).off("SIGHUP", onHangup);
        }
      }),
    );
}

interface AskFlags {
  readonly server?: string;
  readonly data?: string;
  readonly output: ListOutput;
  readonly since?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly watch?: boolean;
  readonly cluster?: readonly string[];
  readonly rule?: readonly string[];
  readonly priority?: readonly string[];
  readonly user?: readonly string[];
  readonly namespace?: readonly string[];
  readonly verb?: readonly string[];
  readonly resource?: readonly string[];
  readonly name?: readonly string[];
}

function detectionsCommand(program: Command, io: Io, runs: Runs): void {
  asking(program.command("detections"))
    .description("Print what a running server has detected, newest first.")
    .summary("print what a running server has detected")
    .addOption(repeatable("--rule <name>", "only of this rule; repeatable"))
    .addOption(repeatable("-p, --priority <priority>", "only of this priority; repeatable"))
    .addHelpText(
      "after",
      examples(
        ["the last hour's", "tiercel detections --since 1h"],
        [
          "the grave ones in one namespace, with what was said",
          "tiercel detections -p critical -p error -n shop -o wide",
        ],
        ["as they come, for a program", "tiercel detections --watch -o ndjson"],
      ) + whereToken,
    )
    .action(
      runs(async (flags: AskFlags) => {
        const { detections } = await import("./detections.ts");
        return untilInterrupted((stop) => detections(listFlags(flags, ["rule", "priority"]), io, stop));
      }),
    );
}

function activityCommand(program: Command, io: Io, runs: Runs): void {
  asking(program.command("activity"))
    .description("Print who did what, as a running server has it, newest first.")
    .summary("print who did what")
    .addOption(repeatable("--name <name>", "only on things of this name; repeatable"))
    .addHelpText(
      "after",
      examples(
        ["what somebody did today", "tiercel activity --user alice --since 24h"],
        ["who went into pods", "tiercel activity --resource pods/exec -o wide"],
      ) + whereToken,
    )
    .action(
      runs(async (flags: AskFlags) => {
        const { activity } = await import("./activity.ts");
        return untilInterrupted((stop) => activity(listFlags(flags, ["name"]), io, stop));
      }),
    );
}

function loginLinkCommand(program: Command, io: Io, runs: Runs): void {
  program
    .command("login-link")
    .description(
      "Print a link that lets a user of a running server in once within a day, to set a password.\n\n" +
        "For whoever has locked themselves out. It asks the server with an admin token.",
    )
    .summary("print a link that lets a user in once")
    .option("--user <name>", "whom it lets in", "admin")
    .addOption(server())
    .addOption(data())
    .addHelpText(
      "after",
      examples(
        ["the first admin has lost the password", "tiercel login-link"],
        ["somebody else has", "tiercel login-link --user alice --data /var/lib/tiercel"],
      ) + whereToken,
    )
    .action(
      runs(async (flags: { readonly user: string; readonly server?: string; readonly data?: string }) => {
        const { loginLink } = await import("./login-link.ts");
        return loginLink(flags, io);
      }),
    );
}

function journalCommands(program: Command, io: Io, runs: Runs): void {
  const journal = program
    .command("journal")
    .description("Look after the journal: the raw batches as they came.")
    .summary("look after the journal");
  journal
    .command("verify")
    .description(
      "Walk the journal's hash chain and tell every place where anything is not as it was written.\n\n" +
        "For a server that is stopped. The exit code is 1 where anything is wrong.",
    )
    .summary("find any change in the journal")
    .addOption(config())
    .addOption(data())
    .addOption(output("text", "json"))
    .addHelpText("after", examples(["is it as it was written?", "tiercel journal verify --data /var/lib/tiercel"]))
    .action(
      runs(async (flags: ServerFlags & { readonly output: "text" | "json" }) => {
        const { verify } = await import("./journal.ts");
        return verify(flags, io);
      }),
    );
  journal
    .command("rejudge")
    .description(
      "Throw the index away and judge the whole journal again, by the rules of now.\n\n" +
        "For a server that is stopped. The journal itself stays as it is; breaking off is safe, the server goes on from there.",
    )
    .summary("make the index anew, by the rules of now")
    .addOption(config())
    .addOption(rulesOption())
    .addOption(data())
    .addOption(matching())
    .addHelpText(
      "after",
      examples(["what would these rules have detected?", "tiercel journal rejudge -r new-rules.yaml"]),
    )
    .action(
      runs(async (flags: ServerFlags) => {
        const { rejudge } = await import("./journal.ts");
        return rejudge(flags, io);
      }),
    );
}

/** What both lists take. */
function asking(command: Command): Command {
  return command
    .addOption(output("table", "wide", "json", "ndjson"))
    .option("--since <time>", "only the last 90s, 15m, 1h30m, 7d …")
    .option("--from <time>", "only from this time on, RFC 3339")
    .option("--to <time>", "only before this time, RFC 3339")
    .addOption(new Option("--limit <number>", "how many at most (default: 100)").argParser(wholeNumber))
    .option("-w, --watch", "go on printing what is new")
    .addOption(repeatable("--cluster <name>", "only from this cluster; repeatable"))
    .addOption(repeatable("-u, --user <name>", "only by this user; repeatable"))
    .addOption(repeatable("-n, --namespace <name>", "only in this namespace; repeatable"))
    .addOption(repeatable("--verb <verb>", "only with this verb; repeatable"))
    .addOption(repeatable("--resource <resource>", "only on this resource: pods, pods/exec; repeatable"))
    .addOption(server())
    .addOption(data());
}

const whereToken = `
The token is read from TIERCEL_TOKEN, or from admin-token in the server's data folder (--data, default ./tiercel-data).
`;

function listFlags(flags: AskFlags, own: readonly (keyof AskFlags)[]) {
  const names = ["cluster", "user", "namespace", "verb", "resource", ...own] as const;
  // A comma separates values for the API; here every value is given by itself.
  const filters = Object.fromEntries(
    names.map((name) => [
      name,
      (flags[name] as readonly string[] | undefined)?.map((value) => value.replaceAll(",", "\\,")),
    ]),
  );
  const { server, data, since, from, to, limit, watch } = flags;
  return { server, data, output: flags.output, since, from, to, limit, watch, filters };
}

async function untilInterrupted(run: (stop: AbortSignal) => Promise<ExitCode>): Promise<ExitCode> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once("SIGINT", interrupt);
  try {
    return await run(stop.signal);
  } finally {
    process.off("SIGINT", interrupt);
  }
}

const config = (): Option =>
  new Option("-c, --config <file>", "the configuration (default: tiercel.yaml, where there is one)");
const server = (): Option =>
  new Option("--server <url>", "the server (default: TIERCEL_SERVER, or http://127.0.0.1:7766)");
const data = (): Option => new Option("--data <folder>", "the folder of all that is kept (default: ./tiercel-data)");
const matching = (): Option =>
  new Option("--rule-matching <how>", "an event makes a detection of the first rule that matches, or of all").choices([
    "first",
    "all",
  ]);
