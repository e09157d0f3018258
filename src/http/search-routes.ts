/** The search of everything: districts, people and syncs at once, for whoever may see them. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import type { HttpDeps } from './deps.ts';
import { lineOf } from './fields.ts';
import type { SessionEnv } from './session.ts';

const limit = 5;
const searchBody = z.object({ words: lineOf(200).trim().min(1) }).strict();

/** A route behind a session. Words come in the body: what was searched for stands in no address and no log of a proxy. */
export function searchRoutes(deps: HttpDeps, addressOf: (c: Context) => string) {
  return new Hono<SessionEnv>().post(
    '/search',
    validator('json', (body) => searchBody.parse(body)),
    async (c) => {
      const actor = { ...c.get('account'), address: addressOf(c) };
      return c.json(await deps.search.search(actor, c.req.valid('json').words, limit));
    },
  );
}
