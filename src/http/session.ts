/** Who is asking: the session cookie, the person's address, and the proof that a write comes from the console itself. */

import { isIP } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { Refusal } from '../core/refusal.ts';
import type { Account, HttpDeps } from './deps.ts';

export type SessionEnv = { Variables: { account: Account } };

/** The header that the console sends with every write; a foreign page cannot send it without our consent (CORS). */
export const consoleHeader = 'x-homeroom-console';

const SESSION_DAYS = 30;

export type Sessions = {
  start(c: Context, token: string): void;
  token(c: Context): string | undefined;
  stop(c: Context): void;
  /** What has to come back with the browser from the vendor's provider, for a few minutes. */
  keepForProvider(c: Context, sealed: string): void;
  /** Taken out at once: it is good for one return. */
  fromProvider(c: Context): string | undefined;
};

const providerMinutes = 10;

/**
 * The session cookie: HttpOnly, SameSite=Lax, and over https Secure with the `__Host-` prefix. The server ends sessions
 * itself; the cookie's age is only an upper bound.
 */
export function sessions(https: boolean): Sessions {
  const name = https ? '__Host-homeroom' : 'homeroom';
  const providerName = `${name}-provider`;
  const where = { path: '/', secure: https, httpOnly: true, sameSite: 'Lax' } as const;
  return {
    start: (c, token) => setCookie(c, name, token, { ...where, maxAge: SESSION_DAYS * 86_400 }),
    token: (c) => getCookie(c, name),
    stop: (c) => void deleteCookie(c, name, where),
    keepForProvider: (c, sealed) => setCookie(c, providerName, sealed, { ...where, maxAge: providerMinutes * 60 }),
    fromProvider(c) {
      const kept = getCookie(c, providerName);
      if (kept !== undefined) deleteCookie(c, providerName, where);
      return kept;
    },
  };
}

/** Lets only requests with a live session pass, and puts the account into the context. */
export function signedIn(deps: HttpDeps, cookie: Sessions): MiddlewareHandler<SessionEnv> {
  return async (c, next) => {
    const token = cookie.token(c);
    const account = token ? await deps.sessionAccount(token) : undefined;
    if (!account) throw new Refusal('signed-out', 401, 'You are signed out. Sign in to go on.');
    c.set('account', account);
    await next();
  };
}

/**
 * Refuses a write that the console did not send: it must carry the console's own header, and its Origin must be this
 * host (or `publicUrl`). Browsers send Origin with every write, so a missing one is refused too.
 */
export function ownWritesOnly(publicUrl: string): MiddlewareHandler {
  const publicHost = publicUrl ? new URL(publicUrl).host : undefined;
  return async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      const host = hostOf(c.req.header('origin'));
      const own = host !== undefined && (host === publicHost || host === c.req.header('host'));
      if (!own || c.req.header(consoleHeader) !== '1') {
        throw new Refusal('foreign-origin', 403, 'This request did not come from the console, so nothing was done.');
      }
    }
    await next();
  };
}

/**
 * The address a request comes from. A proxy's word for it (the last X-Forwarded-For entry) counts only when there is a
 * proxy by settings and the connection comes from a private network.
 */
export function addressOf(c: Context, proxied: boolean): string {
  const peer = getConnInfo(c).remote.address ?? '';
  if (!proxied || !isPrivate(peer)) return peer;
  const told = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? '';
  return isIP(told) ? told : peer;
}

function hostOf(origin: string | undefined): string | undefined {
  if (!origin || !URL.canParse(origin)) return undefined;
  return new URL(origin).host;
}

function isPrivate(address: string): boolean {
  const bare = address.replace(/^::ffff:/, '');
  return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(bare) || bare === '::1' || /^f[cd]/i.test(bare);
}
