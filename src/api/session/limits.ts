/** How often a login may fail: a few times freely, then each failure makes the next try wait twice as long. */

export interface LoginLimits {
  /** Failures of one user without a wait. One address has four times as many: people share addresses. */
  readonly attempts: number;
  readonly longestWaitSecs: number;
}

export interface Attempts {
  /** Seconds until another try may be made; 0 for now. */
  wait(user: string | undefined, address: string): number;
  /** A try begins: it counts as failed until it is told otherwise, so that many at once are many. */
  begin(user: string | undefined, address: string): void;
  succeeded(user: string | undefined, address: string): void;
}

interface Entry {
  failures: number;
  /** Milliseconds of the clock. */
  until: number;
  last: number;
}

/** Whoever tries more names than this at once makes us forget the first ones; the address still counts. */
const mostEntries = 10_000;

export function attempts(limits: LoginLimits, now: () => Date): Attempts {
  const entries = new Map<string, Entry>();
  const longest = limits.longestWaitSecs * 1000;

  const present = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    // Nobody is held to account for longer than four of the longest waits.
    if (entry !== undefined && now().getTime() - entry.last <= Math.max(4 * longest, 60_000)) return entry;
    entries.delete(key);
    return undefined;
  };
  const count = (key: string, free: number) => {
    const entry = present(key) ?? { failures: 0, until: 0, last: 0 };
    const at = now().getTime();
    entry.failures++;
    entry.last = at;
    if (entry.failures >= free) entry.until = at + Math.min(1000 * 2 ** Math.min(entry.failures - free, 40), longest);
    entries.delete(key);
    entries.set(key, entry);
    if (entries.size > mostEntries) for (const oldest of entries.keys()) return void entries.delete(oldest);
  };
  const keysOf = (user: string | undefined, address: string): readonly (readonly [string, number])[] => [
    ...(user === undefined ? [] : [[`user ${user}`, limits.attempts] as const]),
    [`address ${network(address)}`, 4 * limits.attempts],
  ];

  return {
    wait(user, address) {
      const until = Math.max(...keysOf(user, address).map(([key]) => present(key)?.until ?? 0));
      return Math.max(0, Math.ceil((until - now().getTime()) / 1000));
    },
    begin(user, address) {
      for (const [key, free] of keysOf(user, address)) count(key, free);
    },
    succeeded(user, address) {
      if (user !== undefined) entries.delete(`user ${user}`);
      // The address is not forgiven what it did before: one account of one's own would clear the way to all others.
      const entry = present(`address ${network(address)}`);
      if (entry === undefined) return;
      entry.failures--;
      if (entry.failures < 4 * limits.attempts) entry.until = 0;
    },
  };
}

/** Whoever has one IPv6 address has 2⁶⁴ of them. */
function network(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("%")[0]?.split("::") ?? [];
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [...front, ...Array(Math.max(0, 8 - front.length - back.length)).fill("0"), ...back];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, "").toLowerCase())
    .join(":");
}
