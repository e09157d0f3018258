/** Signing in (by password or by a link that works once), who is signed in, and signing out. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import type { Account, HttpDeps } from './deps.ts';
import { lineOf } from './fields.ts';
import type { Sessions } from './session.ts';

const passwordBody = z.object({ email: lineOf(254).trim().min(1), password: z.string().min(1).max(1024) });
const linkBody = z.object({ token: lineOf(256).min(1) });

/** Routes that need no session; `addressOf` tells where a request comes from. */
export function accountRoutes(deps: HttpDeps, cookie: Sessions, addressOf: (c: Context) => string) {
  const enter = async (c: Context, account: Account, way: 'password' | 'link') => {
    const former = cookie.token(c);
    if (former) await deps.endSession(former);
    cookie.start(c, await deps.createSession(account.id));
    await deps.audit({ accountId: account.id, address: addressOf(c), act: 'signed in', detail: { way } });
    return personView(deps, account);
  };
  return new Hono()
    .get('/person', async (c) => {
      const token = cookie.token(c);
      const account = token ? await deps.sessionAccount(token) : undefined;
      return c.json({ person: account ? await personView(deps, account) : null });
    })
    .post(
      '/sign-in',
      validator('json', (body) => passwordBody.parse(body)),
      async (c) => {
        const account = await deps.signIn({ ...c.req.valid('json'), address: addressOf(c) });
        return c.json({ person: await enter(c, account, 'password') });
      },
    )
    .post(
      '/sign-in/link',
      validator('json', (body) => linkBody.parse(body)),
      async (c) => {
        const account = await deps.useLink(c.req.valid('json').token, addressOf(c));
        return c.json({ person: await enter(c, account, 'link') });
      },
    )
    .post('/sign-out', async (c) => {
      const token = cookie.token(c);
      const account = token ? await deps.sessionAccount(token) : undefined;
      if (token) await deps.endSession(token);
      if (account) await deps.audit({ accountId: account.id, address: addressOf(c), act: 'signed out' });
      cookie.stop(c);
      return c.json({ person: null });
    });
}

async function personView(deps: HttpDeps, account: Account) {
  const own = account.districtId ? await deps.districts({ districtId: account.districtId }) : [];
  const district = own[0];
  return {
    email: account.email,
    role: account.role,
    district: account.districtId ? { id: account.districtId, name: district?.name ?? 'Your district' } : null,
  };
}
