/** Formats: their pages for everybody, and for the vendor the versions of mappings and of what products change. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import type { HttpDeps } from './deps.ts';
import { lineOf } from './fields.ts';
import type { SessionEnv } from './session.ts';

const kept = { format: lineOf(100), product: lineOf(100).optional() };
const which = z.object({ format: lineOf(100).optional(), product: lineOf(100).optional() });
const one = z.object({ ...kept, version: z.coerce.number().int().min(1).max(1_000_000).optional() });
const addBody = z
  .object({
    ...kept,
    content: z
      .string()
      .min(1)
      .max(512 * 1024),
    note: lineOf(500).optional(),
  })
  .strict();
const version = z.number().int().min(1).max(1_000_000);
const useBody = z.object({ ...kept, version }).strict();
const tryBody = z.object({ source: z.uuid(), format: lineOf(100).optional(), version }).strict();

/** A mapping or changes as JSON, which may be larger than what the console sends elsewhere. */
export const isDocument = (c: Context): boolean => c.req.method === 'POST' && /\/format-versions$/.test(c.req.path);
export const documentLimitBytes = 1536 * 1024;

/** Routes behind a session. */
export function formatRoutes({ formats }: HttpDeps, addressOf: (c: Context) => string) {
  const actor = (c: Context<SessionEnv>) => ({ ...c.get('account'), address: addressOf(c) });
  return new Hono<SessionEnv>()
    .get(
      '/formats',
      validator('query', (query) => which.parse(query)),
      async (c) => c.json({ rows: await formats.pages(c.req.valid('query').product) }),
    )
    .get(
      '/format-versions',
      validator('query', (query) => which.parse(query)),
      async (c) => {
        const { format, product } = c.req.valid('query');
        const asked = format === undefined ? undefined : { format, ...(product === undefined ? {} : { product }) };
        return c.json({ rows: await formats.versions(actor(c), asked) });
      },
    )
    .get(
      '/format-sources',
      validator('query', (query) => z.object(kept).parse(query)),
      async (c) => c.json({ rows: await formats.sources(actor(c), given(c.req.valid('query'))) }),
    )
    .get(
      '/format-version',
      validator('query', (query) => one.parse(query)),
      async (c) => c.json(await formats.show(actor(c), given(c.req.valid('query')))),
    )
    .post(
      '/format-versions',
      validator('json', (body) => addBody.parse(body)),
      async (c) => c.json(await formats.add(actor(c), given(c.req.valid('json')))),
    )
    .post(
      '/format-versions/use',
      validator('json', (body) => useBody.parse(body)),
      async (c) => c.json(await formats.use(actor(c), given(c.req.valid('json')))),
    )
    .post(
      '/format-versions/try',
      validator('json', (body) => tryBody.parse(body)),
      async (c) => c.json(await formats.try(actor(c), given(c.req.valid('json')))),
    );
}

/** A field that is left out is no field. */
function given<T extends object>(fields: T) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
