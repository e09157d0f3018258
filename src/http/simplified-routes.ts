/** One school from two workbooks, once: sent from the console, tried first, and then added whole or not at all. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import type { HttpDeps } from './deps.ts';
import { lineOf } from './fields.ts';
import type { SessionEnv } from './session.ts';

/** Two workbooks of the largest schools have less than a tenth of it. */
export const workbooksLimitBytes = 16 * 1024 * 1024;

export const isWorkbooks = (c: Context): boolean => c.req.method === 'POST' && /\/simplified$/.test(c.req.path);

const files = z.union([z.file(), z.array(z.file()).min(1).max(10)]);
const sent = z.object({ product: lineOf(100).min(1), files, trial: z.enum(['yes', 'no']) }).strict();

/** Routes behind a session; another district is answered like one that does not exist. */
export function simplifiedRoutes({ simplified }: HttpDeps, addressOf: (c: Context) => string) {
  return new Hono<SessionEnv>().post(
    '/districts/:id/simplified',
    validator('form', (body) => sent.parse(body)),
    async (c) => {
      const { product, files: given, trial } = c.req.valid('form');
      const books = await Promise.all(
        [given].flat().map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
      );
      const actor = { ...c.get('account'), address: addressOf(c) };
      const asked = { districtId: c.req.param('id'), product, files: books, isTrial: trial === 'yes' };
      return c.json(await simplified.add(actor, asked));
    },
  );
}
