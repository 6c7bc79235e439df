/** An API whose users, sessions and tokens are real ones, kept in a folder of the test's; for tests. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Change } from "../../domain/documents.ts";
import type { Role } from "../../domain/people.ts";
import type { State } from "../../domain/store.ts";
import { openState } from "../../stores/state/index.ts";
import type { Parts } from "../parts.ts";
import { api } from "../server.ts";
import { type Auth, type AuthOptions, openAuth } from "./part.ts";
import { hashOf } from "./password.ts";

export const origin = "http://tiercel.test";
export const rightPassword = "correct horse battery staple";

export interface Asked {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects says what it is.
  readonly body: any;
  readonly headers: Headers;
}

export interface Browser {
  /** Asks as a page of ours does: with its cookie, and with the CSRF token where something changes. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Asked>;
  cookie: string | undefined;
  csrf: string | undefined;
}

export interface AuthServer {
  readonly auth: Auth;
  readonly state: State;
  readonly told: Omit<Change, "seq" | "at">[];
  readonly logged: string[];
  /** Minutes that the clock goes on. */
  later(minutes: number): void;
  addUser(name: string, role?: Role, password?: string): Promise<void>;
  browser(): Browser;
  /** A browser in which this user is logged in. */
  loggedIn(name: string): Promise<Browser>;
  request(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

const hashed = new Map<string, Promise<string>>();

/** Hashing is slow on purpose. */
function hashedOnce(password: string): Promise<string> {
  const known = hashed.get(password) ?? hashOf(password);
  hashed.set(password, known);
  return known;
}

export async function authServer(options: Partial<AuthOptions> & { basePath?: string } = {}): Promise<AuthServer> {
  const dir = mkdtempSync(join(tmpdir(), "tiercel-auth-"));
  let clock = Date.parse("2026-03-01T12:00:00Z");
  const now = () => new Date(clock);
  const kept = await openState({ dir, now });
  const told: Omit<Change, "seq" | "at">[] = [];
  const tellBoth = async (change: Omit<Change, "seq" | "at">) => {
    told.push(change);
    await kept.documents.record(change);
  };
  const state = new Proxy(kept, {
    get(target, name) {
      if (name === "documents") return { ...target.documents, record: tellBoth };
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const auth = openAuth({
    people: kept.people,
    record: tellBoth,
    now,
    sessionHours: 168,
    idleHours: 12,
    limits: { attempts: 3, longestWaitSecs: 60 },
    providers: [],
    proxies: [],
    ...options,
  });
  const logged: string[] = [];
  const log: Parts["log"] = (_level, message) => void logged.push(message);
  const { basePath } = options;
  // What else the API stands on is asked by nobody here; whoever does anyway gets 500.
  const nothing = new Proxy({}, { get: () => async () => ({ items: [], next: null }) });
  const app = api({
    version: "1.2.3",
    state,
    index: nothing,
    onWritten: () => () => {},
    auth,
    log,
    basePath,
    openMetrics: false,
  } as unknown as Parts);
  const request = async (path: string, init?: RequestInit) => app.request(new URL(path, origin), init);

  function browser(): Browser {
    const self: Browser = {
      cookie: undefined,
      csrf: undefined,
      async ask(method, path, body, headers = {}) {
        const response = await request(path, {
          method,
          headers: {
            ...(self.cookie === undefined ? {} : { cookie: `tiercel_session=${self.cookie}` }),
            ...(self.csrf === undefined ? {} : { "x-tiercel-csrf": self.csrf }),
            ...(method === "GET" ? {} : { "sec-fetch-site": "same-origin" }),
            ...(body === undefined ? {} : { "content-type": "application/json" }),
            ...headers,
          },
          body: body === undefined ? undefined : JSON.stringify(body),
        });
        const set = /tiercel_session=([^;]*)/.exec(response.headers.get("set-cookie") ?? "")?.[1];
        if (set !== undefined) self.cookie = set === "" ? undefined : set;
        const text = await response.text();
        const answer = text === "" ? null : JSON.parse(text);
        if (typeof answer?.csrf === "string") self.csrf = answer.csrf;
        return { status: response.status, body: answer, headers: response.headers };
      },
    };
    return self;
  }

  return {
    auth,
    state,
    told,
    logged,
    request,
    browser,
    later(minutes) {
      clock += minutes * 60_000;
    },
    async addUser(name, role = "viewer", password = rightPassword) {
      const passwordHash = await hashedOnce(password);
      await kept.people.putUser({ name, role, disabled: false, passwordHash, subject: null });
    },
    async loggedIn(name) {
      const here = browser();
      // A provider's session is like a password's, without its cost.
      const user = (await auth.accounts.list()).find((one) => one.name === name);
      if (user === undefined) throw new Error(`there is no ${name}`);
      const begun = await auth.logins.byProvider(user, "test", {
        address: "127.0.0.1",
        isSecure: false,
        origin,
        base: "",
      });
      here.cookie = begun.cookie;
      here.csrf = begun.csrf;
      return here;
    },
    async close() {
      await kept.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
