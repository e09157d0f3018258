/** The changes of a sync for people to look at, page by page: those that are planned, or those that were made. */
import { type RecordChange, shownChange } from '../core/changes.ts';
import type { Action, SchoolPlan } from '../core/plan.ts';
import { Refusal } from '../core/refusal.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import { appliedBySchool } from '../db/at-school.ts';
import type { Db } from '../db/db.ts';
import { type ChangeCursor, changesOf } from '../db/history.ts';
import { isId } from '../db/ids.ts';
import { plannedChanges } from '../db/preview.ts';
import type { SyncRow } from '../db/queries.ts';
import { stageState } from '../db/staging.ts';
import { syncById } from '../db/syncs.ts';

export type LookPage = {
  kind?: Kind;
  action?: Action;
  /** sourcedId of a school: what names it, and nothing of kinds that name none. */
  school?: string;
  /** `next` of the page before. */
  after?: string;
  limit: number;
};

export type Look = {
  /** `plan`: what applying would do; `history`: what was done; null when neither is kept. */
  from: 'plan' | 'history' | null;
  /** Whether the roster has changed since the plan was made, by hand or by another sync. A decision compares anew. */
  outdated: boolean;
  /** By kind in the order of loading and then by sourcedId; credentials hidden. */
  changes: RecordChange[];
  /** Where the next page begins; null on the last one. */
  next: string | null;
};

/** Most changes of one page. */
const pageLimit = 1000;

const doneStates = ['applied', 'rolled back'];

/** @throws Refusal `page` for an `after` that is none. */
async function changesIn(db: Db, sync: SyncRow, { after, limit, ...page }: LookPage): Promise<Look> {
  const size = Math.min(Math.max(1, Math.trunc(limit)), pageLimit);
  const range = { ...page, limit: size + 1, ...(after === undefined ? {} : { after: cursorOf(after) }) };
  if (doneStates.includes(sync.state)) {
    const schools = (page.school !== undefined && (await appliedBySchool(db, sync))) || [];
    const plan = sync.plan && { ...sync.plan, schools };
    const found = await changesOf(db, sync.rosterId, sync.id, { ...range, plan });
    return look('history', found, size);
  }
  const ctx = { rosterId: sync.rosterId, sourceId: sync.sourceId, syncId: sync.id };
  const isPlanned = sync.plan && (sync.state === 'held' || (sync.dryRun && sync.state === 'discarded'));
  const stage = isPlanned ? await stageState(db, ctx) : 'lost';
  if (!sync.plan || stage === 'lost') return { from: null, outdated: false, changes: [], next: null };
  const planned = await plannedChanges(db, ctx, sync.plan, { ...range, rewrite: sync.origin !== 'delivery' });
  return { ...look('plan', planned, size), outdated: stage === 'stale' };
}

/** The same by the id of a sync, with a refusal where nothing is kept. */
export function looks(db: Db) {
  const known = async (id: string): Promise<SyncRow> => {
    const sync = await syncById(db, id);
    if (!sync) throw new Refusal('sync-unknown', 404, 'There is no such sync.');
    return sync;
  };
  return {
    async bySchool(id: string): Promise<SchoolPlan[]> {
      const sync = await known(id);
      return (doneStates.includes(sync.state) && (await appliedBySchool(db, sync))) || (sync.plan?.schools ?? []);
    },
    async changes(id: string, page: LookPage): Promise<Look> {
      const sync = await known(id);
      const found = await changesIn(db, sync, page);
      if (found.from === null) throw new Refusal('no-changes', 409, nothingKept(sync));
      return found;
    },
    async *all(id: string, filter: Pick<LookPage, 'kind' | 'action' | 'school'>) {
      yield* allChangesIn(db, await known(id), filter);
    },
  };
}

/** All of them, in pages that the receiver's pace decides. */
async function* allChangesIn(
  db: Db,
  sync: SyncRow,
  filter: Pick<LookPage, 'kind' | 'action' | 'school'>,
): AsyncGenerator<RecordChange[]> {
  for (let after: string | null | undefined; after !== null; ) {
    const page: Look = await changesIn(db, sync, { ...filter, limit: pageLimit, ...(after ? { after } : {}) });
    if (page.from === null) throw new Refusal('no-changes', 409, nothingKept(sync));
    yield page.changes;
    after = page.next;
  }
}

/** Why there is nothing to look at, as a sentence. */
function nothingKept(sync: Pick<SyncRow, 'state' | 'dryRun'>): string {
  if (sync.state === 'unchanged') return 'This delivery changed nothing.';
  if (sync.dryRun && sync.state === 'discarded')
    return 'The changes of a dry run can be looked at for a day. Try the delivery again.';
  return `This sync is ${sync.state}: there are no changes to look at.`;
}

function look(from: 'plan' | 'history', found: (RecordChange & { id?: string | null })[], size: number): Look {
  const page = found.slice(0, size);
  const last = found.length > size ? page.at(-1) : undefined;
  const changes = page.map((change) => shownChange(withoutCause(change)));
  return { from, outdated: false, changes, next: last ? `${last.kind}/${last.id ?? ''}/${last.sourcedId}` : null };
}

const withoutCause = ({ kind, sourcedId, action, before, after, changed }: RecordChange): RecordChange => ({
  kind,
  sourcedId,
  action,
  before,
  after,
  changed,
});

function cursorOf(text: string): ChangeCursor {
  const [, name, id = '', sourcedId = ''] = /^([A-Za-z]+)\/([0-9a-f-]{36}|)\/(.*)$/s.exec(text) ?? [];
  const kind = rosterKinds.find((each) => each === name);
  if (!kind || (id !== '' && !isId(id)))
    throw new Refusal('page', 400, 'There is no such page of changes. Begin again with the first one.');
  return { kind, sourcedId, id: id === '' ? null : id };
}
