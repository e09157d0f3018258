/** Who may open a connection at all: so many at once, so many from one address, so many new ones a minute; pure. */

export type Admission = {
  /** @returns undefined when the connection may stay (then `leave` must follow), else a sentence. */
  enter(address: string, nowMs: number): string | undefined;
  leave(address: string): void;
};

type Caller = { open: number; tokens: number; atMs: number };

const callersLimit = 10_000;

export function admission(limits: {
  connections: number;
  connectionsPerAddress: number;
  newConnectionsPerMinute: number;
}): Admission {
  const callers = new Map<string, Caller>();
  let open = 0;
  const perMs = limits.newConnectionsPerMinute / 60_000;

  function callerOf(key: string, nowMs: number): Caller {
    const caller = callers.get(key) ?? { open: 0, tokens: limits.newConnectionsPerMinute, atMs: nowMs };
    const earned = Math.max(0, nowMs - caller.atMs) * perMs;
    caller.tokens = Math.min(limits.newConnectionsPerMinute, caller.tokens + earned);
    caller.atMs = nowMs;
    return caller;
  }

  function forgetOld(nowMs: number): void {
    if (callers.size < callersLimit) return;
    for (const [key, { open, atMs }] of callers) if (open === 0 && nowMs - atMs > 60_000) callers.delete(key);
  }

  return {
    enter(address, nowMs) {
      if (open >= limits.connections) return 'Too many connections at the moment. Try again later.';
      forgetOld(nowMs);
      const key = networkOf(address);
      const caller = callerOf(key, nowMs);
      callers.set(key, caller);
      if (caller.open >= limits.connectionsPerAddress)
        return 'Too many connections from your address. Close some first.';
      if (caller.tokens < 1) return 'Too many new connections from your address. Wait a minute.';
      caller.tokens -= 1;
      caller.open++;
      open++;
      return undefined;
    },
    leave(address) {
      const caller = callers.get(networkOf(address));
      if (caller && caller.open > 0) {
        caller.open--;
        open--;
      }
    },
  };
}

/** An IPv4 address, or the /64 of an IPv6 address: that is what one customer gets. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('%')[0]!.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const gap = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return `${[...left, ...gap, ...right]
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')}::/64`;
}
