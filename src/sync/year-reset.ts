/** Asking for a school-year reset: what it would do, and the sync that does it. It can be rolled back like any other. */

import { Refusal } from '../core/refusal.ts';
import type { ResetVariant } from '../core/year-reset.ts';
import type { Pool } from '../db/db.ts';
import { sourcesOf } from '../db/districts.ts';
import { type Asked, addRewrite } from './asked.ts';
import { listed, type Preview, previewRewrite } from './rewrite.ts';

export type ResetOf = { rosterId: string; variant: ResetVariant };

/**
 * What the reset would do to the roster as it is now.
 * @throws Refusal `no-source` when nothing has ever been sent for the roster.
 */
export async function previewReset(db: Pool, of: ResetOf): Promise<Preview> {
  return previewRewrite(db, await placeOf(db, of), { variant: of.variant }, listed);
}

/**
 * Adds the sync that does it; the worker works on it. The counts that were seen are a must.
 * @throws Refusal as `previewReset` and `addRewrite`, `counts-missing`.
 */
export async function askForReset(
  db: Pool,
  of: ResetOf,
  asked: Asked,
  at: Date,
): Promise<{ sync: string; number: number; rosterId: string }> {
  if (!asked.counts) {
    const sentence = 'A school-year reset needs the counts that its preview has shown. Look at the preview first.';
    throw new Refusal('counts-missing', 400, sentence);
  }
  const place = await placeOf(db, of);
  const detail = { variant: of.variant };
  const { plan } = await previewRewrite(db, place, detail, { changes: 0, kept: 0 });
  return addRewrite(db, { ...place, origin: 'year reset', detail, plan }, asked, at);
}

/** The sync stands with the roster's first source, whatever the records' own. */
async function placeOf(db: Pool, { rosterId }: ResetOf): Promise<{ rosterId: string; sourceId: string }> {
  const [source] = await sourcesOf(db, { rosterId });
  if (!source) throw new Refusal('no-source', 409, 'This roster has no source, so there is nothing to reset.');
  return { rosterId, sourceId: source.id };
}
