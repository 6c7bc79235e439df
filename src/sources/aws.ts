/** What the sources that read from AWS share: a client that recovers from spent credentials, and AWS' refusals in words. */

/** A client of the SDK; it learns its credentials once, and anew only as they expire by what they said themselves. */
interface Client {
  destroy(): void;
}

export interface HeldClient<C extends Client> {
  readonly now: C;
  /** After credentials were refused the whole chain is asked anew: a role was bound, a secret was rotated. */
  failed(error: unknown): void;
  close(): void;
}

export function heldClient<C extends Client>(make: () => C): HeldClient<C> {
  let client = make();
  return {
    get now() {
      return client;
    },
    failed(error) {
      if (!(error instanceof Error) || !spent.has(error.name)) return;
      client.destroy();
      client = make();
    },
    close: () => client.destroy(),
  };
}

const spent: ReadonlySet<string> = new Set([
  "ExpiredTokenException",
  "ExpiredToken",
  "RequestExpired",
  "UnrecognizedClientException",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "CredentialsProviderError",
  "AccessDeniedException",
]);

const remedies: Readonly<Record<string, string>> = {
  CredentialsProviderError: "give the pod a role (Pod Identity or IRSA), or set AWS_ACCESS_KEY_ID",
  ExpiredTokenException: "the credentials have expired and were not renewed",
  UnrecognizedClientException: "these credentials are nobody's: deleted, or another partition's",
  ThrottlingException: "another reader uses up the account's rate; it goes on more slowly",
};

/** The reason with its remedy; `own` says what an error means for this service. */
export function awsWords(error: unknown, own: Readonly<Record<string, string>>): string {
  if (!(error instanceof Error)) return String(error);
  const remedy = own[error.name] ?? remedies[error.name];
  const said = error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
  return remedy === undefined ? said : `${said} (${remedy})`;
}
