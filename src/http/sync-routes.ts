/** One sync: its steps and counts, its findings (by rule, by page, as CSV), and the decision about a held one. */

import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { validator } from 'hono/validator';
import { z } from 'zod';
import { decidedBefore } from '../core/decision-words.ts';
import { Refusal } from '../core/refusal.ts';
import { findingLine, findingsHeader } from '../core/report.ts';
import type { Account, HttpDeps, SourceFacts, SyncFacts } from './deps.ts';
import { notFound } from './errors.ts';
import { lineOf, linesOf, pageField } from './fields.ts';
import { newsView, rulesView, searchView } from './finding-views.ts';
import { isAllowedAt, mayNotRollBack } from './rights.ts';
import type { SessionEnv } from './session.ts';
import { isApproved, plannedOf } from './state.ts';
import { findingsFor, syncView } from './views.ts';

const pageSize = 50;
const csvPage = 500;

const only = z.enum(['new']).optional();
const rulesQuery = z.object({ only });
const findingsQuery = z.object({ rule: lineOf(200).min(1), only, page: pageField });
/** A body and no query: what people look for is often a pupil, and addresses are written down on the way. */
const searchBody = z.object({ words: lineOf(200).trim().min(1), only, page: pageField }).strict();
const count = z.number().int().min(0);
const decisionBody = z.object({
  choice: z.enum(['apply all', 'apply additions and updates', 'discard']),
  counts: z.object({ added: count, changed: count, removed: count }),
  reason: linesOf(1000).optional(),
});

type Rights = { administratorsDecide: boolean };

/** Routes behind a session; a sync of another district is answered like one that does not exist. */
export function syncRoutes(deps: HttpDeps, rights: Rights, addressOf: (c: Context) => string) {
  return new Hono<SessionEnv>()
    .get('/syncs/:id', async (c) => {
      const account = c.get('account');
      const { sync, source } = await ownSync(deps, account, c.req.param('id'));
      const mayNot = {
        decide: await mayNotDecide(deps, account, source, rights),
        rollBack: await mayNotRollBack(deps, account, source.id),
      };
      return c.json(await syncView(deps, account, sync, source, mayNot));
    })
    .get(
      '/syncs/:id/rules',
      validator('query', (query) => rulesQuery.parse(query)),
      async (c) => {
        const { sync } = await ownSync(deps, c.get('account'), c.req.param('id'));
        return c.json(await rulesView(deps, c.get('account'), sync.id, c.req.valid('query').only === 'new'));
      },
    )
    .get('/syncs/:id/findings/news', async (c) => {
      const { sync } = await ownSync(deps, c.get('account'), c.req.param('id'));
      return c.json(await newsView(deps, sync.id));
    })
    .get(
      '/syncs/:id/findings',
      validator('query', (query) => findingsQuery.parse(query)),
      async (c) => {
        const { sync } = await ownSync(deps, c.get('account'), c.req.param('id'));
        const { rule, page, only } = c.req.valid('query');
        const range = { limit: pageSize, offset: (page - 1) * pageSize };
        const { total, rows } = await deps.findFindings(sync.id, { rule, onlyNew: only === 'new' }, range);
        return c.json({ page, pageSize, total, rows: findingsFor(c.get('account'), rows) });
      },
    )
    .post(
      '/syncs/:id/findings/search',
      validator('json', (body) => searchBody.parse(body)),
      async (c) => {
        const { sync } = await ownSync(deps, c.get('account'), c.req.param('id'));
        return c.json(await searchView(deps, c.get('account'), sync.id, c.req.valid('json')));
      },
    )
    .get('/syncs/:id/findings.csv', async (c) => {
      const account = c.get('account');
      const { sync } = await ownSync(deps, account, c.req.param('id'));
      c.header('content-type', 'text/csv; charset=utf-8');
      c.header('content-disposition', `attachment; filename="findings-of-sync-${sync.number}.csv"`);
      const csv = await findingsCsv(deps, account, sync.id);
      return stream(c, async (out) => {
        for await (const piece of csv) await out.write(piece);
      });
    })
    .post(
      '/syncs/:id/decision',
      validator('json', (body) => decisionBody.parse(body)),
      async (c) => {
        const account = c.get('account');
        const { sync, source } = await ownSync(deps, account, c.req.param('id'));
        const { choice, counts, reason } = c.req.valid('json');
        refuseDecision(await mayNotDecide(deps, account, source, rights), sync, counts);
        const accountId = account.id;
        const address = addressOf(c);
        await deps.decide({ syncId: sync.id, choice, counts, reason: reason || null, accountId, address });
        return c.json({ decided: choice });
      },
    )
    .post('/syncs/:id/retry', async (c) => {
      const account = c.get('account');
      const { sync, source } = await ownSync(deps, account, c.req.param('id'));
      if (await mayNotDecide(deps, account, source, rights))
        throw new Refusal('not-allowed', 403, 'Those who decide about held deliveries go through one again.');
      return c.json(await deps.retry({ syncId: sync.id, accountId: account.id, address: addressOf(c) }));
    });
}

async function ownSync(
  deps: HttpDeps,
  account: Account,
  id: string,
): Promise<{ sync: SyncFacts; source: SourceFacts }> {
  const sync = await deps.sync(id);
  if (!sync || (account.districtId && account.districtId !== sync.districtId)) throw notFound('sync');
  const source = (await deps.sources({ districtId: sync.districtId })).find((each) => each.id === sync.sourceId);
  if (!source) throw notFound('sync');
  return { sync, source };
}

/** Why this person may not decide about held syncs; null when they may. */
async function mayNotDecide(
  deps: HttpDeps,
  account: Account,
  source: SourceFacts,
  { administratorsDecide }: Rights,
): Promise<string | null> {
  if (account.role === 'owner' || account.role === 'operator') return null;
  const allowed = administratorsDecide && (await isAllowedAt(deps, source.id, 'decide'));
  if (account.role === 'administrator' && allowed) return null;
  return allowed
    ? 'An administrator of the district or your vendor decides about held deliveries.'
    : 'Your vendor decides about held deliveries.';
}

function refuseDecision(
  reason: string | null,
  sync: SyncFacts,
  seen: { added: number; changed: number; removed: number },
) {
  if (reason) throw new Refusal('not-allowed', 403, reason);
  if (sync.state !== 'held' || isApproved(sync)) {
    throw sync.decision
      ? new Refusal('decided', 409, decidedBefore(sync.decision))
      : new Refusal(
          'not-held',
          409,
          'This sync is not held any more, so there is nothing to decide. Look at it again.',
        );
  }
  const now = plannedOf(sync);
  if (now.added !== seen.added || now.changed !== seen.changed || now.removed !== seen.removed) {
    throw new Refusal(
      'counts-changed',
      409,
      'The counts are others now than those you saw. Look at them again, then decide.',
    );
  }
}

/**
 * All findings as CSV: the file that was written while checking, as long as it is kept. A viewer gets those that the
 * database keeps, masked; so does everybody when the file is gone.
 */
async function findingsCsv(
  deps: HttpDeps,
  account: Account,
  syncId: string,
): Promise<AsyncIterable<Uint8Array | string>> {
  if (account.role === 'viewer') return keptFindings(deps, account, syncId);
  const file = (await deps.findingsFile(syncId))?.[Symbol.asyncIterator]();
  const first = await file?.next().catch(() => undefined);
  if (!file || !first || first.done) return keptFindings(deps, account, syncId);
  return (async function* () {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => file };
  })();
}

async function* keptFindings(deps: HttpDeps, account: Account, syncId: string): AsyncGenerator<string> {
  yield findingsHeader;
  for (let offset = 0; ; offset += csvPage) {
    const page = await deps.findings(syncId, { limit: csvPage, offset });
    if (page.length > 0) yield findingsFor(account, page).map(findingLine).join('');
    if (page.length < csvPage) return;
  }
}
