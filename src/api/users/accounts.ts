/** The users: made, changed and removed one after another, each change told in the audit trail. */
import type { Documents } from "../../domain/documents.ts";
import type { People, Role, User } from "../../domain/people.ts";
import { RequestFailure } from "../failure.ts";

export interface Accounts {
  list(): Promise<readonly User[]>;
  create(user: { readonly name: string; readonly role: Role }, by: string): Promise<User>;
  /** Ends the user's sessions where anything changes. */
  change(name: string, change: { readonly role?: Role; readonly disabled?: boolean }, by: string): Promise<User>;
  remove(name: string, by: string): Promise<void>;
  endSessions(name: string, by: string): Promise<void>;
  /**
   * The user whom an identity provider names; made at the first login. `role` is what the provider's groups come to,
   * undefined where only the first login decides.
   */
  ofProvider(told: {
    readonly subject: string;
    readonly name: string;
    readonly role: Role | undefined;
    readonly firstRole: Role;
    readonly provider: string;
  }): Promise<User>;
}

/** A user of another way in has this name already. */
export class NameTaken extends Error {}

/** Without blanks and what cannot be seen: tokens are told by `token NAME`, and no user can look like one. */
export const userName = /^[^\s\p{C}]{1,128}$/u;

export function accounts(people: People, record: Documents["record"]): Accounts {
  let turn: Promise<unknown> = Promise.resolve();
  /** Two that come at once must not take away the last two admins. */
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const done = turn.then(change);
    turn = done.catch(() => {});
    return done;
  };

  async function present(name: string) {
    const user = await people.user(name);
    if (user === undefined) throw new RequestFailure("not_found", `there is no user \`${name}\``);
    return user;
  }

  async function refuseLastAdmin(name: string): Promise<void> {
    const others = (await people.users()).filter((one) => one.role === "admin" && !one.disabled && one.name !== name);
    if (others.length > 0) return;
    throw new RequestFailure("conflict", `\`${name}\` is the last admin`, "make another user admin first");
  }

  async function isTaken(name: string): Promise<boolean> {
    const lower = name.toLowerCase();
    return (await people.users()).some((user) => user.name.toLowerCase() === lower);
  }

  async function written(name: string): Promise<User> {
    const { passwordHash: _, subject: __, ...user } = await present(name);
    return user;
  }

  return {
    list: () => people.users(),

    create: ({ name, role }, by) =>
      inTurn(async () => {
        if (await isTaken(name)) throw new RequestFailure("conflict", `there is a user \`${name}\` already`);
        await people.putUser({ name, role, disabled: false, passwordHash: null, subject: null });
        await record({ kind: "user", id: name, by, action: "create", before: null, after: shown({ role }) });
        return written(name);
      }),

    change: (name, change, by) =>
      inTurn(async () => {
        const user = await present(name);
        const { role = user.role, disabled = user.disabled } = change;
        if (role === user.role && disabled === user.disabled) return written(name);
        if (user.role === "admin" && !user.disabled && (role !== "admin" || disabled)) await refuseLastAdmin(name);
        await people.putUser({ ...user, role, disabled });
        await people.endSessionsOf(name);
        const before = shown({ role: user.role, disabled: user.disabled });
        await record({ kind: "user", id: name, by, action: "update", before, after: shown({ role, disabled }) });
        return written(name);
      }),

    remove: (name, by) =>
      inTurn(async () => {
        const { role, disabled } = await present(name);
        if (role === "admin" && !disabled) await refuseLastAdmin(name);
        await people.removeUser(name);
        await record({ kind: "user", id: name, by, action: "delete", before: shown({ role, disabled }), after: null });
      }),

    async endSessions(name, by) {
      await present(name);
      await people.endSessionsOf(name);
      const after = shown({ sessions: "all ended" });
      await record({ kind: "user", id: name, by, action: "update", before: null, after });
    },

    ofProvider: ({ subject, name, role, firstRole, provider }) =>
      inTurn(async () => {
        const by = `identity provider ${provider}`;
        const found = await people.userOfSubject(subject);
        if (found === undefined) {
          if (await isTaken(name)) throw new NameTaken(`there is another user \`${name}\` already`);
          await people.putUser({ name, role: firstRole, disabled: false, passwordHash: null, subject });
          await record({
            kind: "user",
            id: name,
            by,
            action: "create",
            before: null,
            after: shown({ role: firstRole }),
          });
          return written(name);
        }
        if (role === undefined || role === found.role) return found;
        await people.putUser({ ...found, role, passwordHash: null, subject });
        await people.endSessionsOf(found.name);
        const before = shown({ role: found.role });
        await record({ kind: "user", id: found.name, by, action: "update", before, after: shown({ role }) });
        return written(found.name);
      }),
  };
}

const shown = (value: object) => JSON.stringify(value);
