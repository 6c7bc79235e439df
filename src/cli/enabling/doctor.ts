/** `tiercel doctor`: each link of the way, and the first that is broken. */
import { type ExitCode, exitCodes, type Io, paint } from "../io.ts";
import { chain, type Link } from "./chain.ts";
import { machine } from "./machine.ts";
import { receiverHost, type VerifyFlags } from "./verify.ts";

export async function doctor(flags: VerifyFlags, io: Io): Promise<ExitCode> {
  const { cluster } = flags;
  const hands = machine({ env: io.env as NodeJS.ProcessEnv });
  const links = await chain({ cluster, choice: flags, ...receiverHost(flags, io) }, hands, io);
  await io.stdout.write(linksText(links, io));
  const broken = links.find(({ state }) => state === "broken");
  if (broken === undefined) return exitCodes.fine;
  await io.stderr.write(`tiercel: the broken link is ${broken.name}: ${broken.says}\n`);
  return broken.name === "Tiercel" ? exitCodes.unreachable : exitCodes.findings;
}

export function linksText(links: readonly Link[], io: Io): string {
  const style = paint(io.stdout, io.env);
  const mark = { fine: style.green("ok     "), broken: style.red("broken "), unknown: style.yellow("unknown") };
  const width = Math.max(...links.map(({ name }) => name.length));
  return links
    .map(
      ({ name, state, says, help }) =>
        `${mark[state]}  ${name.padEnd(width)}  ${says}\n${help === undefined || state === "fine" ? "" : `${" ".repeat(width + 11)}${style.dim(help)}\n`}`,
    )
    .join("");
}
