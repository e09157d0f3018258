/** Products, and what the vendor sets up with them: their profiles, formats and windows, districts and sources. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import type { HttpDeps } from './deps.ts';
import { filled, lineOf } from './fields.ts';
import type { SessionEnv } from './session.ts';

const time = lineOf(5);
const settings = {
  profile: lineOf(100).nullable().optional(),
  formats: z.array(lineOf(100)).max(50).optional(),
  receiving: z
    .object({ from: time, to: time, days: z.array(z.number().int()).max(7) })
    .nullable()
    .optional(),
};
const productBody = z.object({ slug: lineOf(100), name: lineOf(200), ...settings }).strict();
const productChange = z.object({ name: lineOf(200).optional(), ...settings }).strict();
const districtBody = z
  .object({ siteCode: lineOf(64), name: lineOf(200), slug: lineOf(100).optional(), timeZone: lineOf(100).optional() })
  .strict();
const sourceBody = z
  .object({
    product: lineOf(100),
    kind: z.enum(['sftp', 'upload']).optional(),
    name: lineOf(200).optional(),
    format: lineOf(100).optional(),
    profile: z.enum(['default', 'strict', 'lenient']).optional(),
    mode: z.enum(['active', 'paused', 'dry run', 'additions only']).optional(),
    trustFirst: z.boolean().optional(),
  })
  .strict();

/** Routes behind a session; products are shown to everybody, and changed by the vendor. */
export function setUpRoutes({ setUp }: HttpDeps, addressOf: (c: Context) => string) {
  const actor = (c: Context<SessionEnv>) => ({ ...c.get('account'), address: addressOf(c) });
  return new Hono<SessionEnv>()
    .get('/products', async (c) => c.json({ rows: await setUp.products(actor(c)) }))
    .post(
      '/products',
      validator('json', (body) => productBody.parse(body)),
      async (c) => c.json(await setUp.addProduct(actor(c), filled(c.req.valid('json')))),
    )
    .patch(
      '/products/:id',
      validator('json', (body) => productChange.parse(body)),
      async (c) =>
        c.json(await setUp.changeProduct(actor(c), { id: c.req.param('id'), ...filled(c.req.valid('json')) })),
    )
    .post(
      '/districts',
      validator('json', (body) => districtBody.parse(body)),
      async (c) => c.json(await setUp.addDistrict(actor(c), filled(c.req.valid('json')))),
    )
    .post(
      '/districts/:id/sources',
      validator('json', (body) => sourceBody.parse(body)),
      async (c) => {
        const { product: productId, ...source } = c.req.valid('json');
        const place = { districtId: c.req.param('id'), productId };
        return c.json(await setUp.addSource(actor(c), { ...place, ...filled(source) }));
      },
    );
}
