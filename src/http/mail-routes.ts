/** The outbox in the console, for the people of the vendor. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import { vendorOnly } from '../people/deps.ts';
import type { MailFacts } from './alert-deps.ts';
import type { HttpDeps } from './deps.ts';
import { notFound } from './errors.ts';
import type { SessionEnv } from './session.ts';

const pageSize = 50;
const mailsQuery = z.object({
  state: z.enum(['waiting', 'sent', 'kept', 'failed']).optional(),
  before: z.uuid().optional(),
});

/** Routes behind a session. What a mail says is noted when it lets somebody in, and then shown to owners only. */
export function mailRoutes(deps: HttpDeps, addressOf: (c: Context) => string) {
  return new Hono<SessionEnv>()
    .get(
      '/mails',
      validator('query', (query) => mailsQuery.parse(query)),
      async (c) => {
        vendorOnly(c.get('account'));
        const { state, before } = c.req.valid('query');
        const range = { state, limit: pageSize + 1, ...(before ? { before } : {}) };
        const found = await deps.alerts.mails(range);
        const rows = found.slice(0, pageSize);
        return c.json({ rows: rows.map(mailView), older: found.length > pageSize ? (rows.at(-1)?.id ?? null) : null });
      },
    )
    .get('/mails/:id', async (c) => {
      const account = c.get('account');
      vendorOnly(account);
      const mail = await deps.alerts.mail(c.req.param('id'));
      if (!mail) throw notFound('mail');
      if (!mail.secret) return c.json({ ...mailView(mail), text: mail.text, hidden: null });
      if (account.role !== 'owner') {
        return c.json({ ...mailView(mail), text: null, hidden: 'It lets somebody in, so only owners may read it.' });
      }
      await deps.audit({ accountId: account.id, address: addressOf(c), act: 'mail read', object: mail.id });
      const hidden = mail.text === '' ? 'It let somebody in, and is not kept any longer.' : null;
      return c.json({ ...mailView(mail), text: mail.text || null, hidden });
    });
}

const mailView = ({ id, to, subject, secret, state, attempts, createdAt, nextTryAt, doneAt, trouble }: MailFacts) => ({
  id,
  to,
  subject,
  secret,
  state,
  attempts,
  createdAt,
  nextTryAt: state === 'waiting' ? nextTryAt : null,
  doneAt,
  trouble,
});
