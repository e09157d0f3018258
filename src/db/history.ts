/** Reads what happened to records, and why: every change with its cause, and the values before and after. */
import sql, { raw, type Sql } from 'sql-template-tag';
import type { Action } from '../core/plan.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { Db } from './db.ts';
import { changeIds, liveTable, recordJson } from './roster-sql.ts';

/** A record in OneRoster's spelling, `status` and `metadata` among its fields, blank fields absent. */
export type Values = Record<string, unknown>;

export type Change = {
  at: Date;
  kind: Kind;
  sourcedId: string;
  action: Action;
  /** What caused it: a sync, or a person. */
  syncId: string | null;
  syncNumber: number | null;
  accountId: string | null;
  /** Null where there was nothing before (create), or nothing after (purge). */
  before: Values | null;
  after: Values | null;
  /** The fields whose values differ. */
  changed: Record<string, { from: unknown; to: unknown }>;
};

/** Everything that happened to one record, latest first. */
export async function historyOf(
  db: Db,
  rosterId: string,
  kind: Kind,
  sourcedId: string,
  limit = 1000,
): Promise<Change[]> {
  const here = { rosterId, kind };
  const rows = await db.query<Row>(sql`
    select c.*, s.number as "syncNumber" from (
      select ${written} from changes c
      where c.roster_id = ${rosterId} and c.kind = ${kind} and c.sourced_id = ${sourcedId}
      union all
      (${created(here)} and l.sourced_id = ${sourcedId})
    ) c
    left join syncs s on s.roster_id = ${rosterId} and s.id = c."syncId"
    order by c.at desc, c.id desc nulls last limit ${limit}`);
  let after = (await currentValues(db, rosterId, kind, sourcedId)) ?? null;
  return rows.map((row) => {
    const change = shape(row, kind, row.action === 'purge' ? null : after);
    after = row.before;
    return change;
  });
}

/** Where a page of changes ended. */
export type ChangeCursor = { kind: Kind; sourcedId: string };

/** A page of the changes of a sync, by kind in the order of loading and then by sourcedId. */
export async function changesOf(
  db: Db,
  rosterId: string,
  syncId: string,
  page: { kind?: Kind; action?: Action; after?: ChangeCursor; limit: number },
): Promise<Change[]> {
  const changes: Change[] = [];
  const { kind: only, after, limit } = page;
  for (const kind of only ? [only] : rosterKinds) {
    if (after && rosterKinds.indexOf(kind) < rosterKinds.indexOf(after.kind)) continue;
    const from = after?.kind === kind ? after.sourcedId : '';
    const rows = await changesOfKind(db, { rosterId, kind }, syncId, page.action ?? null, from, limit - changes.length);
    for (const { next, ...row } of rows) {
      const values = next ?? (await currentValues(db, rosterId, kind, row.sourcedId)) ?? null;
      changes.push(shape(row, kind, row.action === 'purge' ? null : values));
    }
    if (changes.length >= limit) break;
  }
  return changes;
}

type Place = { rosterId: string; kind: Kind };
type Row = Omit<Change, 'kind' | 'after' | 'changed'>;

function changesOfKind(
  db: Db,
  place: Place,
  syncId: string,
  action: Action | null,
  after: string,
  limit: number,
): Promise<(Row & { next: Values | null })[]> {
  const { rosterId, kind } = place;
  const { first, last } = changeIds(syncId, kind);
  return db.query(sql`
    select c.*, s.number as "syncNumber", (
      select n.before from changes n
      where n.roster_id = ${rosterId} and n.kind = ${kind} and n.sourced_id = c."sourcedId" and n.id is distinct from c.id
        and (n.at, n.id) > (c.at, coalesce(c.id, '00000000-0000-0000-0000-000000000000'))
      order by n.at, n.id limit 1
    ) as next
    from (
      (select ${written} from changes c
      where c.roster_id = ${rosterId} and c.id between ${first} and ${last} and c.sync_id = ${syncId}
        and c.sourced_id > ${after} and (${action}::text is null or c.action = ${action})
      order by c.sourced_id limit ${limit})
      union all
      (${created(place)} and l.created_sync = ${syncId}
        and l.sourced_id > ${after} and (${action}::text is null or ${action} = 'create')
      order by l.sourced_id limit ${limit})
    ) c
    left join syncs s on s.roster_id = ${rosterId} and s.id = c."syncId"
    order by c."sourcedId" limit ${limit}`);
}

const written = sql`c.id, c.at, c.sourced_id as "sourcedId", c.action, c.sync_id as "syncId",
  c.account_id as "accountId", c.before`;

/** That a sync created a record stands in the record: such changes in the shape of written ones; ends in a condition. */
const created = ({ rosterId, kind }: Place): Sql => sql`
  select null::uuid as id, a.at, l.sourced_id, 'create', l.created_sync, null::uuid, null::jsonb
  from ${raw(liveTable(kind))} l
  join applied_syncs a on a.roster_id = l.roster_id and a.sync_id = l.created_sync
  where l.roster_id = ${rosterId}`;

async function currentValues(db: Db, rosterId: string, kind: Kind, sourcedId: string): Promise<Values | undefined> {
  const row = await db.one<{ record: Values }>(sql`
    select ${raw(recordJson(kind, 'l'))} as record from ${raw(liveTable(kind))} l
    where l.roster_id = ${rosterId} and l.sourced_id = ${sourcedId}`);
  return row?.record;
}

function shape(row: Row, kind: Kind, after: Values | null): Change {
  const { at, sourcedId, action, syncId, syncNumber, accountId, before } = row;
  const changed = difference(before ?? {}, after ?? {});
  return { at, kind, sourcedId, action, syncId, syncNumber, accountId, before, after, changed };
}

function difference(before: Values, after: Values): Change['changed'] {
  const changed: Change['changed'] = {};
  const [from, to] = [flat(before), flat(after)];
  for (const field of Object.keys({ ...from, ...to })) {
    if (from[field] !== to[field]) changed[field] = { from: from[field], to: to[field] };
  }
  return changed;
}

/** Extension columns stand beside the fields, under their full names. */
function flat(values: Values): Values {
  const { metadata, ...fields } = values;
  return { ...fields, ...(metadata as Values | undefined) };
}
