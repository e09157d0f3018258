/** Looking through a roster over the console's API: what it holds, a page of it, and what stands around a record. */

import { Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { HttpDeps } from './deps.ts';
import { lineOf, pageField } from './fields.ts';
import { ownRoster, placeOf } from './own-roster.ts';
import type { SessionEnv } from './session.ts';
import { districtView } from './views.ts';

const pageSize = 50;
/** A day or time in the district's time zone. */
const at = lineOf(40).min(1).optional();
const text = lineOf(300).optional();
/** A body and no query: what is looked for is a pupil, and addresses are written down on the way. */
const searchBody = z
  .object({
    kind: z.enum(rosterKinds as [Kind, ...Kind[]]),
    at,
    words: text,
    role: text,
    school: text,
    byHand: z.boolean().optional(),
    archived: z.boolean().optional(),
    page: pageField,
  })
  .strict();
const aroundQuery = z.object({ at });

/** Routes behind a session; a roster of another district is answered like one that does not exist. */
export function rosterPageRoutes(deps: HttpDeps) {
  return new Hono<SessionEnv>()
    .get('/rosters/:roster', async (c) => {
      const rosterId = await ownRoster(deps, c);
      const { district, ...facts } = await deps.rosterPages.facts(rosterId);
      const sources = (await deps.sources({ districtId: district.id })).filter((each) => each.rosterId === rosterId);
      return c.json({
        ...facts,
        district: districtView(district),
        sources: sources.map(({ id, name, kind }) => ({ id, name, kind })),
      });
    })
    .post(
      '/rosters/:roster/search',
      validator('json', (body) => searchBody.parse(body)),
      async (c) => {
        const rosterId = await ownRoster(deps, c);
        const { page, ...search } = c.req.valid('json');
        const range = { limit: pageSize, offset: (page - 1) * pageSize };
        return c.json({ page, pageSize, ...(await deps.rosterPages.page({ rosterId, ...search, ...range })) });
      },
    )
    .get(
      '/rosters/:roster/records/:kind/:id/around',
      validator('query', (query) => aroundQuery.parse(query)),
      async (c) => {
        const place = await placeOf(deps, c);
        return c.json(await deps.rosterPages.around({ ...place, ...c.req.valid('query') }));
      },
    );
}
