/** One source: its settings with their words and who may change them, and the change of some of them. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import { Refusal } from '../core/refusal.ts';
import { allowanceFor } from '../core/source-change.ts';
import type { SourceView } from '../core/source-view.ts';
import type { Account, HttpDeps } from './deps.ts';
import { notFound } from './errors.ts';
import { lineOf } from './fields.ts';
import type { SessionEnv } from './session.ts';
import { districtView } from './views.ts';

const value = z.union([
  z.string().max(20_000),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.unknown()).max(200),
  z.looseObject({}),
]);
const changeBody = z
  .object({
    changes: z.record(lineOf(100), value).refine((all) => Object.keys(all).length <= 100, 'too many at once'),
    until: lineOf(10).optional(),
    why: lineOf(500).optional(),
  })
  .strict();

const trendsQuery = z.object({ days: z.coerce.number().int().min(7).max(400).default(90) });

/** Routes behind a session; a source of another district is answered like one that does not exist. */
export function sourceRoutes(deps: HttpDeps, addressOf: (c: Context) => string) {
  return new Hono<SessionEnv>()
    .get('/sources/:id/settings', async (c) => {
      const account = c.get('account');
      const source = await ownSource(deps, account, c.req.param('id'));
      return c.json(settingsFor(account, source, await viewed(deps, source.id)));
    })
    .get(
      '/sources/:id/trends',
      validator('query', (query) => trendsQuery.parse(query)),
      async (c) => {
        const source = await ownSource(deps, c.get('account'), c.req.param('id'));
        const { days } = c.req.valid('query');
        return c.json({
          source: { id: source.id, name: source.name, rosterId: source.rosterId },
          district: districtView(source.district),
          product: source.product,
          days,
          ...(await deps.trends.of(source, days)),
        });
      },
    )
    .patch(
      '/sources/:id/settings',
      validator('json', (body) => changeBody.parse(body)),
      async (c) => {
        const account = c.get('account');
        const source = await ownSource(deps, account, c.req.param('id'));
        if (account.role === 'viewer')
          throw new Refusal('not-allowed', 403, 'An administrator of the district or your vendor changes settings.');
        const { changes, until, why = '' } = c.req.valid('json');
        await deps.setSource({
          sourceId: source.id,
          changes,
          ...(until === undefined ? {} : { forATime: { until, why } }),
          accountId: account.id,
          by: account.email,
          address: addressOf(c),
          asAdministrator: account.role === 'administrator',
        });
        return c.json(settingsFor(account, source, await viewed(deps, source.id)));
      },
    );
}

async function ownSource(deps: HttpDeps, account: Account, id: string) {
  const scope = account.districtId ? { districtId: account.districtId } : {};
  const source = (await deps.sources(scope)).find((each) => each.id === id);
  if (!source) throw notFound('source');
  return source;
}

async function viewed(deps: HttpDeps, id: string): Promise<SourceView> {
  const view = await deps.sourceSettings(id);
  if (!view) throw notFound('source');
  return view;
}

function settingsFor(account: Account, source: Awaited<ReturnType<typeof ownSource>>, view: SourceView) {
  const { settings, ...rest } = view;
  return {
    source: {
      id: source.id,
      name: source.name,
      kind: source.kind,
      rosterId: source.rosterId,
      needsFull: source.needsFull,
    },
    district: districtView(source.district),
    timeZone: source.district.timeZone,
    product: source.product,
    ...rest,
    settings: settings.map((each) => ({ ...each, mayNotChange: mayNotChange(account, view, each.name) })),
  };
}

/** Why this person may not change a setting; null when they may. */
function mayNotChange(account: Account, view: SourceView, name: string): string | null {
  if (account.role === 'owner' || account.role === 'operator') return null;
  if (account.role === 'viewer') return 'An administrator of the district or your vendor changes settings.';
  const needed = allowanceFor(name);
  const set = (wanted: string) => view.settings.find((each) => each.name === wanted)?.value;
  const allowed = (set('administratorsMay') ?? []) as string[];
  if (needed === undefined || !allowed.includes(needed)) return 'Your vendor sets this.';
  if ((needed === 'mode' || needed === 'calendar') && set('mode') === 'dry run')
    return 'This source is in dry run; your vendor ends that.';
  return null;
}
