/** What `serve` says once it runs: where to look, and how to see a first detection. */
import { join } from "node:path";

export interface Greeting {
  readonly version: string;
  readonly configFile: string | undefined;
  /** Where webhooks listen. */
  readonly ingest: readonly string[];
  /** The other sources that others come to. */
  readonly others: readonly { readonly name: string; readonly address: string }[];
  readonly api: string;
  readonly dataDir: string;
  readonly rules: number;
  readonly ruleProblems: number;
  /** Where the admin token stands; undefined where the operator has another. */
  readonly tokenFile: string | undefined;
  readonly demo: boolean;
  /** While nobody has ever logged in: a link that lets this user in once. */
  readonly login: { readonly user: string; readonly href: string } | undefined;
  /** How the command is called from here: `tiercel`, or `./bin/tiercel` in a checkout. */
  readonly command: string;
}

/** An exec into a pod, made now. The pack's rules detect it, and Falco's own too. */
const event =
  '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Request","auditID":"00000000-0000-4000-8000-00\'"$(date +%s)"\'","stage":"ResponseStarted",' +
  '"requestURI":"/api/v1/namespaces/default/pods/web/exec?command=sh","verb":"create","user":{"username":"alice","groups":["system:authenticated"]},' +
  '"sourceIPs":["192.0.2.1"],"userAgent":"curl","objectRef":{"resource":"pods","subresource":"exec","namespace":"default","name":"web","apiVersion":"v1"},' +
  '"responseStatus":{"code":101},"requestReceivedTimestamp":"\'"$now"\'","stageTimestamp":"\'"$now"\'"}';

/** A shell line that posts an event of one's own. */
export const postLine = (ingest: string) =>
  `now=$(date -u +%Y-%m-%dT%H:%M:%S.000000Z); curl -sS ${ingest}/k8s_audit -d '${event}'`;

export function greeting(told: Greeting): string {
  const { version, configFile, ingest, others, api, dataDir, rules, ruleProblems, tokenFile, demo, command, login } =
    told;
  const problems = ruleProblems === 0 ? "" : `, ${ruleProblems} problems told above`;
  const token = tokenFile ?? "the one in TIERCEL_BOOTSTRAP_TOKEN";
  const bearer = tokenFile === undefined ? "$TIERCEL_BOOTSTRAP_TOKEN" : `$(cat ${quoted(tokenFile)})`;
  const usual = tokenFile === join(".", "tiercel-data", "admin-token");
  const [first] = ingest;
  const post = first === undefined ? [] : ["", "Post an audit event of your own:", "", `  ${postLine(first)}`];
  return `${[
    "",
    `tiercel ${version} runs`,
    ...ingest.map((url) => `  ingest  ${url}/k8s_audit`),
    ...others.map(({ name, address }) => `  ${name.padEnd(7)} ${address}`),
    ...(demo ? ["  demo    a make-believe cluster sends events"] : []),
    `  api     ${api}`,
    `  token   ${token}`,
    `  data    ${dataDir}`,
    `  rules   ${rules} judge${problems}`,
    ...(configFile === undefined ? [] : [`  config  ${configFile}`]),
    ...(login === undefined
      ? []
      : ["", `Log in as ${login.user}, with a link that works once and for a day:`, "", `  ${login.href}`]),
    ...post,
    "",
    "See what was detected:",
    "",
    `  curl -sS -H "Authorization: Bearer ${bearer}" '${api}/api/v1/detections?limit=10'`,
    `  ${usual ? "" : `TIERCEL_TOKEN="${bearer}" `}${command} detections --server ${api}`,
    "",
  ].join("\n")}\n`;
}

const quoted = (path: string) => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
