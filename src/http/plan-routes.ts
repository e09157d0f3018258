/** What a sync would do, or did: counts for everybody, and each change before and after for those who may see pupil data. */

import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { validator } from 'hono/validator';
import { z } from 'zod';
import { changeLines, changesHeader } from '../core/changes.ts';
import { Refusal } from '../core/refusal.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { Account, HttpDeps, SyncFacts } from './deps.ts';
import { notFound } from './errors.ts';
import { lineOf } from './fields.ts';
import type { SessionEnv } from './session.ts';
import { plannedOf } from './state.ts';
import { kindsView, mayNotSeeChanges } from './views.ts';

const filter = {
  kind: z.enum(rosterKinds as [Kind, ...Kind[]]).optional(),
  action: z.enum(['create', 'update', 'archive', 'reactivate', 'take over', 'purge']).optional(),
  school: lineOf(300).optional(),
};
const changesQuery = z.object({
  ...filter,
  after: lineOf(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const fileQuery = z.object(filter);

/** Routes behind a session; a sync of another district is answered like one that does not exist. */
export function planRoutes(deps: HttpDeps, addressOf: (c: Context) => string) {
  return new Hono<SessionEnv>()
    .get('/syncs/:id/plan', async (c) => {
      const sync = await ownSync(deps, c.get('account'), c.req.param('id'));
      return c.json({
        state: sync.state,
        dryRun: sync.dryRun ?? false,
        kinds: kindsView(sync),
        totals: plannedOf(sync),
        schools: await deps.plans.bySchool(sync.id),
        /** Why this person sees counts alone; null when they may see each change. */
        mayNotSee: mayNotSeeChanges(c.get('account')),
      });
    })
    .get(
      '/syncs/:id/changes',
      validator('query', (query) => changesQuery.parse(query)),
      async (c) => {
        const sync = await readableSync(deps, c.get('account'), c.req.param('id'));
        return c.json(await deps.plans.changes(sync.id, given(c.req.valid('query'))));
      },
    )
    .get(
      '/syncs/:id/changes.csv',
      validator('query', (query) => fileQuery.parse(query)),
      async (c) => {
        const account = c.get('account');
        const sync = await readableSync(deps, account, c.req.param('id'));
        const pages = deps.plans.all(sync.id, given(c.req.valid('query')))[Symbol.asyncIterator]();
        // What is refused is refused before the file begins.
        const first = await pages.next();
        await deps.audit({ accountId: account.id, address: addressOf(c), act: 'changes exported', object: sync.id });
        c.header('content-type', 'text/csv; charset=utf-8');
        c.header('content-disposition', `attachment; filename="changes-of-sync-${sync.number}.csv"`);
        return stream(c, async (out) => {
          await out.write(changesHeader);
          for (let page = first; !page.done && !out.aborted; page = await pages.next())
            await out.write(page.value.map(changeLines).join(''));
        });
      },
    );
}

async function ownSync(deps: HttpDeps, account: Account, id: string): Promise<SyncFacts> {
  const sync = await deps.sync(id);
  if (!sync || (account.districtId && account.districtId !== sync.districtId)) throw notFound('sync');
  return sync;
}

async function readableSync(deps: HttpDeps, account: Account, id: string): Promise<SyncFacts> {
  const sync = await ownSync(deps, account, id);
  const reason = mayNotSeeChanges(account);
  if (reason) throw new Refusal('not-allowed', 403, reason);
  return sync;
}

/** Without the keys that were not given. */
function given<Q extends object>(query: Q): { [K in keyof Q]: Exclude<Q[K], undefined> } {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as never;
}
