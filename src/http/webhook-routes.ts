/** Webhooks in the console, for the people of the vendor. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import { vendorOnly } from '../people/deps.ts';
import type { MessageFacts } from './alert-deps.ts';
import type { HttpDeps } from './deps.ts';
import { notFound } from './errors.ts';
import { lineOf } from './fields.ts';
import type { SessionEnv } from './session.ts';

const pageSize = 50;
const addBody = z.object({
  url: lineOf(2000).min(1),
  /** None for all of them. */
  events: z.array(lineOf(60)).max(50).default([]),
  district: z.uuid().optional(),
});
const stateBody = z.object({ state: z.enum(['active', 'stopped']) });
const logQuery = z.object({ before: z.uuid().optional() });

/** Routes behind a session. A secret is in the answer to its making, and nowhere else. */
export function webhookRoutes(deps: HttpDeps, addressOf: (c: Context) => string) {
  const known = async (c: Context<SessionEnv>): Promise<string> => {
    vendorOnly(c.get('account'));
    const id = c.req.param('id') ?? '';
    if (!(await deps.alerts.webhook(id))) throw notFound('webhook');
    return id;
  };
  const note = (c: Context<SessionEnv>, act: string, object: string, detail: Record<string, unknown> = {}) =>
    deps.audit({ accountId: c.get('account').id, address: addressOf(c), act, object, detail });
  return new Hono<SessionEnv>()
    .get('/webhooks', async (c) => {
      vendorOnly(c.get('account'));
      return c.json({ rows: await deps.alerts.webhooks(), events: deps.alerts.events() });
    })
    .post(
      '/webhooks',
      validator('json', (body) => addBody.parse(body)),
      async (c) => {
        vendorOnly(c.get('account'));
        const { url, events, district } = c.req.valid('json');
        if (district && !(await deps.districts({})).some(({ id }) => id === district)) throw notFound('district');
        const added = await deps.alerts.addWebhook({ url, events, districtId: district ?? null });
        await note(c, 'webhook added', added.id, { events: added.events });
        return c.json(added, 201);
      },
    )
    .post(
      '/webhooks/:id/state',
      validator('json', (body) => stateBody.parse(body)),
      async (c) => {
        const id = await known(c);
        const { state } = c.req.valid('json');
        await deps.alerts.setWebhook(id, state);
        await note(c, `webhook ${state === 'active' ? 'started' : 'stopped'}`, id);
        return c.json({ id, state });
      },
    )
    .post('/webhooks/:id/test', async (c) => {
      const id = await known(c);
      await note(c, 'webhook tested', id);
      return c.json(await deps.alerts.testWebhook(id));
    })
    .post('/webhooks/:id/messages/:message/again', async (c) => {
      const id = await known(c);
      const message = c.req.param('message');
      const sent = await deps.alerts.sendWebhookAgain(id, message);
      await note(c, 'webhook message sent again', id, { message });
      return c.json(sent);
    })
    .delete('/webhooks/:id', async (c) => {
      const id = await known(c);
      await deps.alerts.removeWebhook(id);
      await note(c, 'webhook removed', id);
      return c.json({ id });
    })
    .get(
      '/webhooks/:id/log',
      validator('query', (query) => logQuery.parse(query)),
      async (c) => {
        const id = await known(c);
        const found = await deps.alerts.webhookLog(id, { before: c.req.valid('query').before, limit: pageSize + 1 });
        const rows = found.slice(0, pageSize).map(messageView);
        return c.json({ rows, older: found.length > pageSize ? (rows.at(-1)?.id ?? null) : null });
      },
    );
}

const messageView = ({ id, event, state, attempts, createdAt, nextTryAt, doneAt, status, trouble }: MessageFacts) => ({
  id,
  event,
  state,
  attempts,
  createdAt,
  nextTryAt: state === 'waiting' ? nextTryAt : null,
  doneAt,
  status,
  trouble,
});
