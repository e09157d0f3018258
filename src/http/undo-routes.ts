/** Rollbacks of a sync and the school-year reset of a roster: the preview, and asking for it with the counts seen. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import { Refusal } from '../core/refusal.ts';
import { resetVariants } from '../core/year-reset.ts';
import type { Account, HttpDeps } from './deps.ts';
import { notFound } from './errors.ts';
import { linesOf } from './fields.ts';
import { mayNotRollBack } from './rights.ts';
import type { SessionEnv } from './session.ts';
import type { SeenCounts } from './undo-deps.ts';

const count = z.number().int().min(0).max(1_000_000_000);
const seen = { counts: z.object({ added: count, changed: count, removed: count }), reason: linesOf(1000).optional() };
const back = z.enum(['true', 'false']).default('false');
const rollbackQuery = z.object({ back });
const rollbackBody = z.object({ back: z.boolean().default(false), ...seen }).strict();
const variant = z.enum(resetVariants);
const resetQuery = z.object({ variant });
const resetBody = z.object({ variant, ...seen }).strict();

/** Routes behind a session; a sync or source of another district is answered like one that does not exist. */
export function undoRoutes(deps: HttpDeps, addressOf: (c: Context) => string) {
  const asked = (c: Context<SessionEnv>, { counts, reason }: { counts: SeenCounts; reason?: string | undefined }) => {
    const { id, email } = c.get('account');
    return { accountId: id, by: email, address: addressOf(c), counts, reason: reason || null };
  };
  return new Hono<SessionEnv>()
    .get(
      '/syncs/:id/rollback',
      validator('query', (query) => rollbackQuery.parse(query)),
      async (c) => {
        const syncId = await rollbackable(deps, c.get('account'), c.req.param('id'));
        return c.json(await deps.undo.previewRollback({ syncId, back: c.req.valid('query').back === 'true' }));
      },
    )
    .post(
      '/syncs/:id/rollback',
      validator('json', (body) => rollbackBody.parse(body)),
      async (c) => {
        const syncId = await rollbackable(deps, c.get('account'), c.req.param('id'));
        const { back, ...given } = c.req.valid('json');
        return c.json(await deps.undo.rollback({ syncId, back }, asked(c, given)));
      },
    )
    .get(
      '/sources/:id/year-reset',
      validator('query', (query) => resetQuery.parse(query)),
      async (c) => {
        const rosterId = await resettable(deps, c.get('account'), c.req.param('id'));
        return c.json(await deps.undo.previewReset({ rosterId, variant: c.req.valid('query').variant }));
      },
    )
    .post(
      '/sources/:id/year-reset',
      validator('json', (body) => resetBody.parse(body)),
      async (c) => {
        const rosterId = await resettable(deps, c.get('account'), c.req.param('id'));
        const { variant, ...given } = c.req.valid('json');
        return c.json(await deps.undo.resetYear({ rosterId, variant }, asked(c, given)));
      },
    );
}

const isVendor = ({ role }: Account): boolean => role === 'owner' || role === 'operator';

/** A preview shows pupils' data, so only who may roll back may see one. @throws Refusal `not-allowed`. */
async function rollbackable(deps: HttpDeps, account: Account, id: string): Promise<string> {
  const sync = await deps.sync(id);
  if (!sync || (account.districtId && account.districtId !== sync.districtId)) throw notFound('sync');
  const reason = await mayNotRollBack(deps, account, sync.sourceId);
  if (reason) throw new Refusal('not-allowed', 403, reason);
  return sync.id;
}

/** The roster of a source. @throws Refusal `not-allowed`. */
async function resettable(deps: HttpDeps, account: Account, id: string): Promise<string> {
  const scope = account.districtId ? { districtId: account.districtId } : {};
  const source = (await deps.sources(scope)).find((each) => each.id === id);
  if (!source) throw notFound('source');
  if (!isVendor(account)) throw new Refusal('not-allowed', 403, 'Your vendor resets rosters between two school years.');
  return source.rosterId;
}
