/** The roster that a request names, for those who may see its records. */

import type { Context } from 'hono';
import { Refusal } from '../core/refusal.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { HttpDeps } from './deps.ts';
import { notFound } from './errors.ts';
import type { RecordPlace } from './record-deps.ts';
import type { SessionEnv } from './session.ts';

/**
 * The id of the roster; one of another district is answered like one that does not exist.
 * @throws Refusal `not-allowed` for viewers, who see no pupil data.
 */
export async function ownRoster(deps: HttpDeps, c: Context<SessionEnv>): Promise<string> {
  const account = c.get('account');
  const roster = await deps.records.roster(c.req.param('roster') ?? '');
  if (!roster || (account.districtId && account.districtId !== roster.districtId)) throw notFound('roster');
  if (account.role === 'viewer') {
    throw new Refusal('not-allowed', 403, 'Records are for administrators of the district and for your vendor.');
  }
  return roster.id;
}

/** The record that a request names, in such a roster. */
export async function placeOf(deps: HttpDeps, c: Context<SessionEnv>): Promise<RecordPlace> {
  const rosterId = await ownRoster(deps, c);
  const kind = rosterKinds.find((each) => each === c.req.param('kind')) as Kind | undefined;
  if (!kind) throw notFound('kind of record');
  return { rosterId, kind, sourcedId: c.req.param('id') ?? '' };
}
