/** Who may come in, and what they may. */

export type Role = "viewer" | "editor" | "admin";
export const roles: readonly Role[] = ["viewer", "editor", "admin"];

export type LoginWay = "password" | "link" | "oidc";

export interface User {
  readonly name: string;
  readonly role: Role;
  readonly disabled: boolean;
  /** Whether a password of ours lets in; else an identity provider does. */
  readonly local: boolean;
  readonly createdAt: string;
  readonly lastLoginAt: string | null;
}

/** Who may come in. Passwords, session ids and links are kept as hashes only; hashing passwords is the caller's. */
export interface People {
  users(): Promise<readonly User[]>;
  user(
    name: string,
  ): Promise<(User & { readonly passwordHash: string | null; readonly subject: string | null }) | undefined>;
  putUser(user: {
    readonly name: string;
    readonly role: Role;
    readonly disabled: boolean;
    readonly passwordHash: string | null;
    /** `ISSUER SUB` of an identity provider. */
    readonly subject: string | null;
  }): Promise<void>;
  userOfSubject(subject: string): Promise<User | undefined>;
  /** With all sessions and links of that user. */
  removeUser(name: string): Promise<void>;
  /** Keeps a session until `expiresAt`; also notes the login. `idHash` is SHA-256 of the cookie's value. */
  addSession(session: {
    readonly idHash: string;
    readonly user: string;
    readonly csrf: string;
    readonly way: LoginWay;
    readonly expiresAt: string;
  }): Promise<void>;
  /** Undefined when it has expired too. */
  session(idHash: string): Promise<
    | {
        readonly user: User;
        readonly csrf: string;
        readonly way: LoginWay;
        readonly createdAt: string;
        readonly expiresAt: string;
      }
    | undefined
  >;
  /** It lasts until then instead: somebody is at work with it. */
  prolongSession(idHash: string, expiresAt: string): Promise<void>;
  endSession(idHash: string): Promise<void>;
  endSessionsOf(user: string): Promise<void>;
  /** A link that lets `user` in once, until `expiresAt`; it takes the place of that user's former one. */
  addLoginLink(link: { readonly hash: string; readonly user: string; readonly expiresAt: string }): Promise<void>;
  /** Whose link this is; it is gone then. */
  takeLoginLink(hash: string): Promise<string | undefined>;
  /** Drops what has expired. */
  sweep(): Promise<void>;
}

export type TokenRole = Role | "ingest";
