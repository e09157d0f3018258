/** A delivery as it was received, as a file. */

import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { Refusal } from '../core/refusal.ts';
import type { HttpDeps } from './deps.ts';
import { notFound } from './errors.ts';
import type { SessionEnv } from './session.ts';

/** Routes behind a session; it holds pupils' data, so viewers do not get it. */
export function deliveryRoutes(deps: HttpDeps, addressOf: (c: Context) => string) {
  return new Hono<SessionEnv>().get('/syncs/:id/delivery', async (c) => {
    const account = c.get('account');
    const sync = await deps.sync(c.req.param('id'));
    if (!sync || (account.districtId && sync.districtId !== account.districtId)) throw notFound('sync');
    if (account.role === 'viewer')
      throw new Refusal('not-allowed', 403, 'Deliveries hold data of pupils, which viewers do not see.');
    const file = await deps.delivery(sync.id, { accountId: account.id, address: addressOf(c) });
    c.header('content-type', 'application/octet-stream');
    c.header('content-length', String(file.sizeBytes));
    c.header(
      'content-disposition',
      `attachment; filename*=UTF-8''${encodeURIComponent(file.name).replace(/['()*]/g, escape)}`,
    );
    return stream(c, async (out) => {
      for await (const piece of file.bytes) await out.write(piece);
    });
  });
}
