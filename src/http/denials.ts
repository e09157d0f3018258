/** Notes in the audit log what people asked for and were not given. */

import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { HttpDeps } from './deps.ts';
import type { SessionEnv } from './session.ts';

const minuteMs = 60_000;
/** Denials of strangers that are noted in a minute: a flood of them must not fill the database. */
const strangersAMinute = 60;

/**
 * An answer of 403, or of 404 to somebody who is signed in, is a denied attempt: unknown and foreign are answered alike,
 * so both are noted. Ids in the address are of ours; the query, which may hold words that were searched for, is left out.
 */
export function noteDenials(deps: HttpDeps, addressOf: (c: Context) => string): MiddlewareHandler<SessionEnv> {
  let minute = 0;
  let strangers = 0;
  return async (c, next) => {
    await next();
    const account = c.get('account') as SessionEnv['Variables']['account'] | undefined;
    const { status } = c.res;
    if (status !== 403 && !(status === 404 && account)) return;
    if (!account) {
      const now = Math.floor(Date.now() / minuteMs);
      if (now !== minute) [minute, strangers] = [now, 0];
      if (++strangers > strangersAMinute) return;
    }
    const detail = { status, route: routePath(c, -1) };
    const object = `${c.req.method} ${c.req.path}`.slice(0, 300);
    await deps.audit({ accountId: account?.id ?? null, address: addressOf(c), act: 'denied', object, detail });
  };
}
