/** Sending a delivery from the console: announced, then in pieces that each fit into one request, then taken. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import type { HttpDeps } from './deps.ts';
import { lineOf } from './fields.ts';
import type { SessionEnv } from './session.ts';

const MiB = 1024 * 1024;
/** Largest piece: over a network of 1 Mbit/s it takes half of the time that a request may take. */
export const pieceLimitBytes = 4 * MiB;

const announcedBody = z
  .object({
    files: z.array(z.object({ name: lineOf(255).min(1), sizeBytes: z.number().int().min(0) }).strict()).max(1000),
  })
  .strict();
const pieceQuery = z.object({ offset: z.coerce.number().int().min(0) });
const fileNumber = z.coerce.number().int().min(0).max(1000);
const finishBody = z.object({ name: lineOf(255).min(1), isTest: z.boolean() }).strict();

/** A piece of a file, which may be larger than what the console sends elsewhere. */
export const isPiece = (c: Context): boolean =>
  c.req.method === 'PUT' && /\/sources\/[^/]+\/uploads\/[^/]+\/\d+$/.test(c.req.path);

/** Routes behind a session; a source of another district is answered like one that does not exist. */
export function uploadRoutes({ uploads }: HttpDeps, addressOf: (c: Context) => string) {
  const actor = (c: Context<SessionEnv>) => ({ ...c.get('account'), address: addressOf(c) });
  const of = (c: Context) => ({ sourceId: c.req.param('id') ?? '', upload: c.req.param('upload') ?? '' });
  return new Hono<SessionEnv>()
    .post(
      '/sources/:id/uploads',
      validator('json', (body) => announcedBody.parse(body)),
      async (c) => {
        const begun = await uploads.begin(actor(c), c.req.param('id'), c.req.valid('json').files);
        return c.json({ ...begun, pieceLimitBytes }, 201);
      },
    )
    .put(
      '/sources/:id/uploads/:upload/:file',
      validator('query', (query) => pieceQuery.parse(query)),
      async (c) => {
        const file = fileNumber.parse(c.req.param('file'));
        const bytes = new Uint8Array(await c.req.arrayBuffer());
        const receivedBytes = await uploads.add(actor(c), of(c), { file, offset: c.req.valid('query').offset, bytes });
        return c.json({ receivedBytes });
      },
    )
    .post(
      '/sources/:id/uploads/:upload/finish',
      validator('json', (body) => finishBody.parse(body)),
      async (c) => c.json(await uploads.finish(actor(c), of(c), c.req.valid('json'))),
    )
    .delete('/sources/:id/uploads/:upload', async (c) => {
      await uploads.cancel(actor(c), of(c));
      return c.json({ done: true });
    });
}
