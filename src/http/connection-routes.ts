/** How a district connects by SFTP: the page of a source as data, and the networks from which SFTP may be reached. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import type { HttpDeps } from './deps.ts';
import { lineOf } from './fields.ts';
import type { SessionEnv } from './session.ts';

const networksBody = z.object({ networks: z.array(lineOf(100)).max(200) }).strict();

/** The person who is to sign in with it; whoever asks when not given. */
const connectionQuery = z.object({ person: lineOf(100).optional() });

/** Routes behind a session; what is of another district is answered like something that does not exist. */
export function connectionRoutes({ connections }: HttpDeps, addressOf: (c: Context) => string) {
  const actor = (c: Context<SessionEnv>) => ({ ...c.get('account'), address: addressOf(c) });
  return new Hono<SessionEnv>()
    .get(
      '/sources/:id/connection',
      validator('query', (query) => connectionQuery.parse(query)),
      async (c) => c.json(await connections.connection(actor(c), c.req.param('id'), c.req.valid('query').person)),
    )
    .get('/districts/:id/networks', async (c) =>
      c.json({ networks: await connections.networks(actor(c), c.req.param('id')) }),
    )
    .put(
      '/districts/:id/networks',
      validator('json', (body) => networksBody.parse(body)),
      async (c) => {
        const change = { district: c.req.param('id'), ...c.req.valid('json') };
        return c.json({ networks: await connections.setNetworks(actor(c), change) });
      },
    );
}
