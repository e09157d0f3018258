/** The lists of the console: the overview of all sources, districts, and the syncs of one district. */

import { Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import { formats } from '../core/formats/index.ts';
import type { Account, HttpDeps, NewestFacts, SourceFacts } from './deps.ts';
import { notFound } from './errors.ts';
import { lineOf, pageField } from './fields.ts';
import type { SessionEnv } from './session.ts';
import { type SourceState, sourceState, sourceStates } from './state.ts';
import { barCount, districtView, sourceView, syncRow } from './views.ts';

const pageSize = 50;
const text = lineOf(200).optional();

const overviewQuery = z.object({
  state: z.enum(sourceStates).optional(),
  product: text,
  format: text,
  q: text,
  page: pageField,
});
const districtsQuery = z.object({ q: text, page: pageField });
const syncsQuery = z.object({ source: text, before: text });

/** Routes behind a session; each passes the person's district on to every query. */
export function listRoutes(deps: HttpDeps) {
  return new Hono<SessionEnv>()
    .get(
      '/overview',
      validator('query', (query) => overviewQuery.parse(query)),
      async (c) => c.json(await overview(deps, c.get('account'), c.req.valid('query'))),
    )
    .get(
      '/districts',
      validator('query', (query) => districtsQuery.parse(query)),
      async (c) => c.json(await districts(deps, c.get('account'), c.req.valid('query'))),
    )
    .get('/districts/:id', async (c) => c.json(await district(deps, c.get('account'), c.req.param('id'))))
    .get('/districts/:id/onboarding', async (c) => {
      const { id } = await ownDistrict(deps, c.get('account'), c.req.param('id'));
      return c.json({ sources: await deps.onboarding(id) });
    })
    .get(
      '/districts/:id/syncs',
      validator('query', (query) => syncsQuery.parse(query)),
      async (c) => c.json(await syncsOf(deps, c.get('account'), c.req.param('id'), c.req.valid('query'))),
    );
}

/** The districts a person may see, as every query takes it. */
export const scopeOf = (account: Account): { districtId?: string } =>
  account.districtId ? { districtId: account.districtId } : {};

async function overview(deps: HttpDeps, account: Account, query: z.output<typeof overviewQuery>) {
  const all = await withStates(deps, scopeOf(account));
  const products = [...new Map(all.map(({ source }) => [source.product.slug, source.product])).values()];
  const occurring = [...new Set(all.map(({ format }) => format))].filter((format) => format !== null);
  const matching = all.filter((each) => matches(each, query));
  const counts = Object.fromEntries(sourceStates.map((state) => [state, 0])) as Record<SourceState, number>;
  for (const { state } of matching) counts[state] += 1;
  const listed = matching.filter(({ state }) => !query.state || state === query.state).sort(worstFirst);
  const rows = listed.slice((query.page - 1) * pageSize, query.page * pageSize);
  return {
    counts,
    products: products.sort((a, b) => a.name.localeCompare(b.name)),
    formats: occurring.map((id) => ({ id, name: formatName(id) })).sort((a, b) => a.name.localeCompare(b.name)),
    all: matching.length,
    total: listed.length,
    page: query.page,
    pageSize,
    rows: await sourceRows(deps, account, rows),
  };
}

async function districts(deps: HttpDeps, account: Account, query: z.output<typeof districtsQuery>) {
  const sources = await withStates(deps, scopeOf(account));
  const wanted = query.q?.trim().toLowerCase() ?? '';
  const found = (await deps.districts(scopeOf(account)))
    .filter(({ name, siteCode }) => `${name} ${siteCode}`.toLowerCase().includes(wanted))
    .sort((a, b) => a.name.localeCompare(b.name));
  const rows = found.slice((query.page - 1) * pageSize, query.page * pageSize).map((each) => {
    const own = sources.filter(({ source }) => source.district.id === each.id);
    return {
      ...districtView(each),
      sources: own.length,
      products: [...new Set(own.map(({ source }) => source.product.name))].sort(),
      state: sourceStates.find((state) => own.some((source) => source.state === state)) ?? ('new' as const),
    };
  });
  return { total: found.length, page: query.page, pageSize, rows };
}

async function district(deps: HttpDeps, account: Account, id: string) {
  const found = await ownDistrict(deps, account, id);
  const sources = (await withStates(deps, { districtId: id })).sort(worstFirst);
  const { slug, timeZone } = found;
  return { ...districtView(found), slug, timeZone, sources: await sourceRows(deps, account, sources) };
}

async function syncsOf(deps: HttpDeps, account: Account, districtId: string, query: z.output<typeof syncsQuery>) {
  await ownDistrict(deps, account, districtId);
  const sources = await deps.sources({ districtId });
  const { source: sourceId, before } = query;
  if (sourceId && !sources.some(({ id }) => id === sourceId)) throw notFound('source');
  if (before && (await deps.sync(before))?.districtId !== districtId) throw notFound('sync');
  const found = await deps.syncs({
    districtId,
    limit: pageSize + 1,
    ...(sourceId ? { sourceId } : {}),
    ...(before ? { before } : {}),
  });
  const rows = found.slice(0, pageSize);
  return {
    rows: rows.map((sync) =>
      syncRow(
        sync,
        sources.find(({ id }) => id === sync.sourceId),
      ),
    ),
    older: found.length > pageSize ? (rows.at(-1)?.id ?? null) : null,
  };
}

/** The district with this id, if this person may see it; unknown and foreign are refused alike. */
async function ownDistrict(deps: HttpDeps, account: Account, id: string) {
  if (account.districtId && account.districtId !== id) throw notFound('district');
  const found = (await deps.districts(scopeOf(account))).find((each) => each.id === id);
  if (!found) throw notFound('district');
  return found;
}

type SourceWithState = {
  source: SourceFacts;
  state: SourceState;
  /** As it is set, or what its newest delivery was recognised as; null while that is not known. */
  format: string | null;
};

async function withStates(deps: HttpDeps, scope: { districtId?: string }): Promise<SourceWithState[]> {
  const [sources, all] = await Promise.all([deps.sources(scope), deps.newest(scope)]);
  return sources.map((source) => {
    const newest = all.get(source.id);
    return { source, state: sourceState(source, newest), format: formatOf(source, newest) };
  });
}

const formatOf = (source: SourceFacts, newest: NewestFacts | undefined): string | null =>
  source.format === 'auto' ? (newest?.format ?? null) : source.format;

/** A mapping is called what the vendor called it. */
const formatName = (id: string): string =>
  formats.find((format) => format.id === id)?.title ?? id.replace(/^mapping:/, 'Mapping ');

async function sourceRows(deps: HttpDeps, account: Account, rows: SourceWithState[]) {
  const recent = await deps.recentSyncs(
    rows.map(({ source }) => source.id),
    barCount,
  );
  return Promise.all(rows.map(({ source }) => sourceView(deps, account, source, recent.get(source.id) ?? [])));
}

function worstFirst(a: SourceWithState, b: SourceWithState): number {
  return (
    sourceStates.indexOf(a.state) - sourceStates.indexOf(b.state) ||
    a.source.district.name.localeCompare(b.source.district.name) ||
    a.source.product.name.localeCompare(b.source.product.name)
  );
}

function matches({ source, format }: SourceWithState, query: z.output<typeof overviewQuery>): boolean {
  if (query.product && source.product.slug !== query.product) return false;
  if (query.format && format !== query.format) return false;
  const words =
    `${source.district.name} ${source.district.siteCode} ${source.product.name} ${source.name}`.toLowerCase();
  return words.includes(query.q?.trim().toLowerCase() ?? '');
}
