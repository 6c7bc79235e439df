/** Credentials that show themselves by their shape or their name, in plain text, in configuration and in URIs. */

/** Puts something in a credential's place: the same for the same, telling nothing of it. */
export type Seal = (secret: string) => string;

/**
 * Whether a member, a key, a variable or a flag of this name holds a credential by its value: `DB_PASSWORD`,
 * `accessToken`. Names of things that lead to one (`tokenSecretName`, `credential-id`) do not.
 */
export function isCredentialName(name: string): boolean {
  const known = answers.get(name);
  if (known !== undefined) return known;
  const answer = credentialName.test(name.slice(-64).replace(/[-_. ]/g, ""));
  if (name.length <= 64 && answers.size < 4096) answers.set(name, answer);
  return answer;
}

// Bodies consist of the same few hundred names over and over.
const answers = new Map<string, boolean>();

const credentialName =
  /(?:password|passwd|passphrase|token|secretkey|secretaccesskey|sharedkey|apikey|privatekey|clientsecret|accesskey|credentials?|signingkey|encryptionkey)$/i;

/**
 * The text with every credential that has a shape of its own replaced: private keys, JSON web tokens, authorization
 * headers, passwords and tokens in URIs. Every pattern begins at a mark of its own, so none scans a run twice.
 */
export function redactText(text: string, seal: Seal): string {
  if (!mark.test(text)) return text;
  return text
    .replace(/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, (key) =>
      seal(key),
    )
    .replace(
      /(authorization["']?\s{0,8}[:=]\s{0,8}["']?(?:(?:bearer|basic|token|digest|negotiate)\s{1,8})?)([^\s"',;&]+)/gi,
      (whole, name: string, value: string) => (isSealed(value) ? whole : `${name}${seal(value)}`),
    )
    .replace(/(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g, (token) => seal(token))
    .replace(
      /(base64url\.bearer\.authorization\.k8s\.io\.)([\w-]+)/g,
      (_, name: string, value: string) => name + seal(value),
    )
    .replace(
      /\b(bearer\s{1,8})(?=[^\s\d]{0,64}\d)([\w.~+/=-]{16,})/gi,
      (_, name: string, value: string) => name + seal(value),
    )
    .replace(/:\/\/([^/?#\s:@"'<>]{0,256}):([^/?#\s@"'<>]{1,1024})@/g, (_, user: string, word: string) =>
      isSealed(word) ? `://${user}:${word}@` : `://${user}:${seal(word)}@`,
    )
    .replace(/:\/\/([^/?#\s:@"'<>]{20,256})@/g, (_, token: string) => `://${seal(token)}@`)
    .replace(/([?&;])([\w.%-]{1,64})=([^&;\s"'#<>]+)/g, (whole, before: string, name: string, value: string) =>
      isCredentialParameter(name) && !isSealed(value) ? `${before}${name}=${seal(percentDecoded(value))}` : whole,
    );
}

/** A request's URI: what `redactText` finds, in whatever percent-encoding, and credentials by their parameter's name. */
export function redactUri(uri: string, seal: Seal): string {
  const cut = uri.indexOf("?");
  const path = cut < 0 ? uri : uri.slice(0, cut);
  if (cut < 0) return redactPart(path, seal);
  const pairs = uri.slice(cut + 1).split(/([&;])/);
  const query = pairs.map((pair, at) => (at % 2 === 1 ? pair : redactPair(pair, seal)));
  return `${redactPart(path, seal)}?${query.join("")}`;
}

/**
 * `name = value` and `name: value` with a credential's name, in lines of configuration and in arguments of commands;
 * and whatever `redactText` finds.
 */
export function redactSettings(text: string, seal: Seal): string {
  // Every credential's name ends in one of these.
  if (!/passw|passphrase|token|key|credential|secret/i.test(text)) return redactText(text, seal);
  const named = text.replace(
    /(?<![\w.-])((?:--?)?["']?([\w.-]{1,128})["']?\s{0,8}[=:]\s{0,8})("[^"\n]{1,4096}"|'[^'\n]{1,4096}'|[^\s"',;]+)/g,
    (whole, before: string, name: string, value: string) => {
      if (!isCredentialName(name) || value.startsWith("/") || /^(?:true|false|null|\d{1,5})$/.test(value)) return whole;
      const quote = /^["']/.exec(value)?.[0] ?? "";
      const bare = quote === "" ? value : value.slice(1, -1);
      return isSealed(bare) ? whole : `${before}${quote}${seal(bare)}${quote}`;
    },
  );
  return redactText(named, seal);
}

/** What `seal` made looks like this, and is never sealed again. */
export function isSealed(text: string): boolean {
  return /^redacted:[\w-]{1,64}$/.test(text);
}

/** The text as URIs mean it; as it stands where its percent signs encode nothing. */
export function percentDecoded(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    // Bytes that are no UTF-8: percent by percent, each a character, finds what is written in ASCII.
    if (!(error instanceof URIError)) throw error;
    return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}

const mark = /PRIVATE KEY|authorization|eyJ|bearer|:\/\/|[?&;][\w.%-]{1,64}=/i;

const credentialParameter =
  /^(?:auth|authorization|pwd|secret|sig|signature|jwt|bearer|assertion|clientassertion|xamzsignature|xgoogsignature|key)$/i;

function isCredentialParameter(name: string): boolean {
  const plain = percentDecoded(name);
  return isCredentialName(plain) || credentialParameter.test(plain.replace(/[-_.]/g, ""));
}

function redactPair(pair: string, seal: Seal): string {
  const cut = pair.indexOf("=");
  if (cut < 0) return redactPart(pair, seal);
  const [name, value] = [pair.slice(0, cut), pair.slice(cut + 1)];
  if (value === "") return pair;
  // `continue` and `command` are no credentials by name; a command line stays, but for what shows by its shape.
  if (isCredentialParameter(name.slice(0, 128))) return `${name}=${seal(percentDecoded(value.replaceAll("+", " ")))}`;
  return `${name}=${redactPart(value, seal)}`;
}

/** A part of a URI keeps its very encoding unless something in it was replaced. */
function redactPart(part: string, seal: Seal): string {
  const asItStands = redactText(part, seal);
  const plain = percentDecoded(asItStands);
  const redacted = redactText(plain, seal);
  return redacted === plain ? asItStands : encodeURI(redacted.toWellFormed());
}
