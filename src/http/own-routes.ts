/** What people do with their own account: password, sessions, second factor, public keys. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import type { HttpDeps } from './deps.ts';
import { lineOf, linesOf } from './fields.ts';
import type { Self } from './people-deps.ts';
import { keyView } from './people-routes.ts';
import type { SessionEnv, Sessions } from './session.ts';

const secret = z.string().min(1).max(1024);
const code = lineOf(40).min(1);
const passwordBody = z.object({
  current: secret,
  password: z.string().max(2048),
  overlapHours: z.number().int().min(0).max(10_000).default(0),
});
const keyBody = z.object({
  key: linesOf(20_000).min(1),
  name: lineOf(100).optional(),
  expiresAt: z.coerce.date().optional(),
});

/** Routes behind a session, about the person who is signed in and nobody else. */
export function ownRoutes(deps: HttpDeps, cookie: Sessions, addressOf: (c: Context) => string) {
  const { people } = deps;
  const self = (c: Context<SessionEnv>): Self => ({
    account: c.get('account'),
    address: addressOf(c),
    session: cookie.token(c) ?? '',
  });
  const actor = (c: Context<SessionEnv>) => ({ ...c.get('account'), address: addressOf(c) });
  return new Hono<SessionEnv>()
    .get('/account', async (c) => {
      const { id } = c.get('account');
      const [own, keys] = await Promise.all([people.own(id), people.keys(actor(c), id)]);
      const { email, name, role, hasPassword, passwordSetAt, passwordUsedAt, hasSecondFactor, recoveryCodesLeft } = own;
      const former = own.formerPasswordUntil && {
        until: own.formerPasswordUntil,
        usedAt: own.formerPasswordUsedAt,
      };
      const password = hasPassword ? { setAt: passwordSetAt, usedAt: passwordUsedAt, former } : null;
      const secondFactor = hasSecondFactor ? { recoveryCodesLeft } : null;
      return c.json({ email, name, role, password, secondFactor, keys: keys.map(keyView) });
    })
    .post(
      '/account/password',
      validator('json', (body) => passwordBody.parse(body)),
      async (c) => {
        await people.changePassword(self(c), c.req.valid('json'));
        return c.json({ done: true });
      },
    )
    .post('/account/sessions/end-others', async (c) => {
      await people.endOtherSessions(self(c));
      return c.json({ done: true });
    })
    .post(
      '/account/second-factor',
      validator('json', (body) => z.object({ password: secret }).parse(body)),
      async (c) => c.json(await people.beginSecondFactor(self(c), c.req.valid('json'))),
    )
    .post(
      '/account/second-factor/confirm',
      validator('json', (body) => z.object({ code }).parse(body)),
      async (c) => c.json({ recoveryCodes: await people.confirmSecondFactor(self(c), c.req.valid('json')) }),
    )
    .post(
      '/account/second-factor/remove',
      validator('json', (body) => z.object({ password: secret, code }).parse(body)),
      async (c) => {
        await people.removeSecondFactor(self(c), c.req.valid('json'));
        return c.json({ done: true });
      },
    )
    .post(
      '/account/keys',
      validator('json', (body) => keyBody.parse(body)),
      async (c) => {
        const { key: text, name, expiresAt } = c.req.valid('json');
        const accountId = c.get('account').id;
        const key = { accountId, text, ...(name ? { name } : {}), ...(expiresAt ? { expiresAt } : {}) };
        return c.json({ key: keyView(await people.addKey(actor(c), key)) });
      },
    )
    .delete('/account/keys/:key', async (c) => {
      await people.removeKey(actor(c), { accountId: c.get('account').id, id: c.req.param('key') });
      return c.json({ done: true });
    });
}
