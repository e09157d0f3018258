/** Alerts in the console: what is so now, and what somebody wants to get by mail. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import type { Account, HttpDeps } from './deps.ts';
import { notFound } from './errors.ts';
import { lineOf } from './fields.ts';
import { scopeOf } from './list-routes.ts';
import type { SessionEnv } from './session.ts';

const pageSize = 50;
const alertsQuery = z.object({
  district: z.uuid().optional(),
  /** Those that are over too. */
  all: z.enum(['yes', 'no']).default('no'),
  before: z.uuid().optional(),
});
const choiceBody = z.object({
  kind: lineOf(60).min(1),
  /** Null goes back to what the role gets. */
  wanted: z.boolean().nullable(),
  district: z.uuid().optional(),
  source: z.uuid().optional(),
});

/** Routes behind a session; each person sees the alerts of their own district, and chooses for themselves. */
export function alertRoutes(deps: HttpDeps, addressOf: (c: Context) => string) {
  return new Hono<SessionEnv>()
    .get(
      '/alerts',
      validator('query', (query) => alertsQuery.parse(query)),
      async (c) => c.json(await alerts(deps, c.get('account'), c.req.valid('query'))),
    )
    .get('/alerts/choices', async (c) => c.json(await deps.alerts.choices(c.get('account').id)))
    .post(
      '/alerts/choices',
      validator('json', (body) => choiceBody.parse(body)),
      async (c) => {
        const account = c.get('account');
        const { kind, wanted, ...place } = c.req.valid('json');
        const scope = await scopeOfChoice(deps, account, place);
        await deps.alerts.choose(account.id, { scope, kind, wanted });
        const detail = { scope, kind, wanted };
        await deps.audit({ accountId: account.id, address: addressOf(c), act: 'alerts chosen', detail });
        return c.json(await deps.alerts.choices(account.id));
      },
    );
}

async function alerts(deps: HttpDeps, account: Account, query: z.output<typeof alertsQuery>) {
  const { district, all, before } = query;
  if (district && account.districtId && account.districtId !== district) throw notFound('district');
  const found = await deps.alerts.alerts({
    ...(district ? { districtId: district } : scopeOf(account)),
    isOpen: all === 'yes' ? undefined : true,
    limit: pageSize + 1,
    ...(before ? { before } : {}),
  });
  const sources = new Map((await deps.sources(scopeOf(account))).map((source) => [source.id, source]));
  const rows = found.slice(0, pageSize).map(({ id, kind, title, sourceId, syncId, openedAt, resolvedAt }) => {
    const source = sourceId ? sources.get(sourceId) : undefined;
    return {
      id,
      kind,
      title,
      district: source ? { id: source.district.id, name: source.district.name } : null,
      product: source?.product ?? null,
      source: source ? { id: source.id, name: source.name } : null,
      sync: syncId,
      openedAt,
      resolvedAt,
    };
  });
  return { rows, older: found.length > pageSize ? (rows.at(-1)?.id ?? null) : null };
}

async function scopeOfChoice(
  deps: HttpDeps,
  account: Account,
  { district, source }: { district?: string | undefined; source?: string | undefined },
): Promise<string> {
  if (source) {
    const own = (await deps.sources(scopeOf(account))).some(({ id }) => id === source);
    if (!own) throw notFound('source');
    return `source:${source}`;
  }
  if (!district) return 'all';
  const own = (await deps.districts(scopeOf(account))).some(({ id }) => id === district);
  if (!own) throw notFound('district');
  return `district:${district}`;
}
