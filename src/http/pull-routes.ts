/** Sources that pull from an API: where from, whether it works, and each pull with how far it has come. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import type { HttpDeps } from './deps.ts';
import { filled, lineOf } from './fields.ts';
import type { SessionEnv } from './session.ts';

const value = z.union([z.string().max(2000), z.number(), z.boolean(), z.null()]);
const settings = z.record(lineOf(100), value).refine((all) => Object.keys(all).length <= 100, 'too many at once');
const connection = z.object({
  address: lineOf(2000).optional(),
  tokenUrl: lineOf(2000).nullable().optional(),
  clientId: z.string().max(500).optional(),
  preset: lineOf(100).nullable().optional(),
  settings: settings.optional(),
});
const secret = z.string().min(1).max(4000);
const probeBody = connection
  .omit({ preset: true })
  .extend({ source: z.uuid().optional(), secret: secret.optional() })
  .strict();
const apiBody = connection
  .extend({
    product: z.uuid(),
    name: lineOf(200).optional(),
    mode: z.enum(['active', 'paused', 'dry run', 'additions only']).optional(),
    trustFirst: z.boolean().optional(),
    secret,
  })
  .strict();
const changeBody = connection.extend({ secret: secret.optional() }).strict();
const pullBody = z.object({ full: z.boolean().optional() }).strict();

/** Routes behind a session; what is of another district is answered like something that does not exist. */
export function pullRoutes({ pulls }: HttpDeps, addressOf: (c: Context) => string) {
  const actor = (c: Context<SessionEnv>) => ({ ...c.get('account'), address: addressOf(c) });
  return new Hono<SessionEnv>()
    .get('/apis/presets', (c) => c.json({ rows: pulls.presets() }))
    .post(
      '/probes',
      validator('json', (body) => probeBody.parse(body)),
      async (c) => {
        const { source, tokenUrl, ...given } = filled(c.req.valid('json'));
        const asked = {
          ...given,
          ...(tokenUrl ? { tokenUrl } : {}),
          ...(source === undefined ? {} : { sourceId: source }),
        };
        return c.json(await pulls.startProbe(actor(c), asked));
      },
    )
    .get('/probes/:id', (c) => c.json(pulls.probe(actor(c), c.req.param('id'))))
    .post(
      '/districts/:id/apis',
      validator('json', (body) => apiBody.parse(body)),
      async (c) => {
        const { product: productId, name, mode, trustFirst, secret: given, ...where } = c.req.valid('json');
        const source = filled({ name, mode, trustFirst });
        const place = { districtId: c.req.param('id'), productId };
        return c.json(
          await pulls.addApi(actor(c), { ...place, ...source, connection: filled(where), secret: given }),
          201,
        );
      },
    )
    .get('/sources/:id/api', async (c) => c.json(await pulls.api(actor(c), c.req.param('id'))))
    .patch(
      '/sources/:id/api',
      validator('json', (body) => changeBody.parse(body)),
      async (c) =>
        c.json(await pulls.changeApi(actor(c), { sourceId: c.req.param('id'), ...filled(c.req.valid('json')) })),
    )
    .post(
      '/sources/:id/pulls',
      validator('json', (body) => pullBody.parse(body)),
      async (c) => {
        const { full = false } = c.req.valid('json');
        return c.json(await pulls.ask(actor(c), { sourceId: c.req.param('id'), full }), 201);
      },
    )
    .get('/sources/:id/pulls', async (c) => c.json({ rows: await pulls.pulls(actor(c), c.req.param('id')) }))
    .get('/pulls/:id', async (c) => c.json(await pulls.pull(actor(c), c.req.param('id'))));
}
