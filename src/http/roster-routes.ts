/** A roster over the console's API: what happened to a record, why somebody is (not) in a class, and the roster as a file. */

import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { validator } from 'hono/validator';
import { z } from 'zod';
import type { HttpDeps } from './deps.ts';
import { lineOf } from './fields.ts';
import { ownRoster, placeOf } from './own-roster.ts';
import { viewOf } from './record-routes.ts';
import type { SessionEnv } from './session.ts';

/** A day or time in the district's time zone. */
const at = lineOf(40).min(1).optional();
const timelineQuery = z.object({ at, skip: z.coerce.number().int().min(0).max(1_000_000).default(0) });
const name = lineOf(500).min(1);
/** In the body: a username or a name has no place in an address. */
const whyBody = z.object({ user: name, class: name }).strict();
const exportQuery = z.object({ at, format: z.enum(['oneroster-csv-1.1', 'oneroster-csv-1.2']).optional() });

/** Routes behind a session; a roster of another district is answered like one that does not exist. */
export function rosterRoutes(deps: HttpDeps, addressOf: (c: Context) => string) {
  return new Hono<SessionEnv>()
    .get(
      '/rosters/:roster/records/:kind/:id/history',
      validator('query', (query) => timelineQuery.parse(query)),
      async (c) => {
        const place = await placeOf(deps, c);
        const { record, ...rest } = await deps.rosters.timeline({ ...place, ...c.req.valid('query') });
        return c.json({ ...rest, record: record && { ...viewOf(record), pointsToArchived: record.pointsToArchived } });
      },
    )
    .post(
      '/rosters/:roster/why',
      validator('json', (body) => whyBody.parse(body)),
      async (c) => {
        const rosterId = await ownRoster(deps, c);
        return c.json(await deps.rosters.why({ rosterId, ...c.req.valid('json') }));
      },
    )
    .get(
      '/rosters/:roster/export.zip',
      validator('query', (query) => exportQuery.parse(query)),
      async (c) => {
        const rosterId = await ownRoster(deps, c);
        const { at, format: to } = c.req.valid('query');
        const by = { accountId: c.get('account').id, address: addressOf(c) };
        const file = await deps.rosters.exported({ rosterId, at, to }, by);
        c.header('content-type', 'application/zip');
        c.header('content-length', String(file.sizeBytes));
        c.header('content-disposition', `attachment; filename="${file.name}"`);
        c.header('x-homeroom-left-out', String(file.leftOut));
        return stream(c, async (out) => {
          out.onAbort(() => file.close());
          try {
            for await (const piece of file.pieces()) await out.write(piece);
          } finally {
            await file.close();
          }
        });
      },
    );
}
