/** Signing in (by password, link, or the vendor's provider), setting a password by a link, and signing out. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import { Refusal } from '../core/refusal.ts';
import type { Account, HttpDeps } from './deps.ts';
import { lineOf } from './fields.ts';
import type { Sessions } from './session.ts';

const passwordBody = z.object({
  email: lineOf(254).trim().min(1),
  password: z.string().min(1).max(1024),
  code: lineOf(40).optional(),
});
const linkBody = z.object({ token: lineOf(256).min(1) });
const setBody = linkBody.extend({ password: z.string().max(2048) });
const resetBody = z.object({ email: lineOf(254).trim().min(1) });
const nextQuery = z.object({ next: z.string().max(2000).optional() });

type Way = 'password' | 'link' | 'provider';

/** Routes that need no session; `addressOf` tells where a request comes from. */
export function accountRoutes(deps: HttpDeps, cookie: Sessions, addressOf: (c: Context) => string) {
  const enter = async (c: Context, account: Account, way: Way) => {
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
      return c.json({
        person: account ? await personView(deps, account) : null,
        provider: deps.provider && { name: deps.provider.name },
      });
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
    .get(
      '/sign-in/provider',
      validator('query', (query) => nextQuery.parse(query)),
      async (c) => {
        const { url, cookie: kept } = await providerOf(deps).begin(ownPath(c.req.valid('query').next));
        cookie.keepForProvider(c, kept);
        return c.redirect(url);
      },
    )
    .get('/sign-in/provider/return', async (c) => {
      const kept = cookie.fromProvider(c);
      try {
        const query = new URL(c.req.url).searchParams;
        const { account, next } = await providerOf(deps).finish(query, kept ?? '', addressOf(c));
        await enter(c, account, 'provider');
        return c.redirect(ownPath(next));
      } catch (error) {
        // A browser stands here and not the console: it goes back to the page that has words for it.
        if (!(error instanceof Refusal)) throw error;
        return c.redirect(`/sign-in?refused=${encodeURIComponent(error.code)}`);
      }
    })
    .post(
      '/password/link',
      validator('json', (body) => linkBody.parse(body)),
      async (c) => c.json(await deps.people.lookAtLink({ ...c.req.valid('json'), address: addressOf(c) })),
    )
    .post(
      '/password/set',
      validator('json', (body) => setBody.parse(body)),
      async (c) => {
        const { email, account } = await deps.people.usePasswordLink({
          ...c.req.valid('json'),
          address: addressOf(c),
        });
        return c.json({ email, person: account && (await enter(c, account, 'link')) });
      },
    )
    .post(
      '/password/reset',
      validator('json', (body) => resetBody.parse(body)),
      async (c) => {
        deps.people.askReset({ ...c.req.valid('json'), address: addressOf(c) });
        return c.json({
          message:
            'If this address belongs to an account, a mail with a link is on its way. It works once, within 24 hours.',
        });
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

function providerOf(deps: HttpDeps) {
  if (deps.provider) return deps.provider;
  throw new Refusal('provider-none', 404, 'Signing in with a provider is not set up here.');
}

/** Only a path of this console, whatever stands in the address. */
export function ownPath(next: string | undefined): string {
  return next && /^\/(?!\/)[^\\\p{Cc}]*$/u.test(next) ? next : '/';
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
