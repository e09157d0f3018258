/** Reads what happened to records, and why: every change with its cause, and the values before and after. */
import sql, { raw } from 'sql-template-tag';
import type { Action } from '../core/plan.ts';
import type { Kind } from '../core/tables.ts';
import type { Db } from './db.ts';
import { changeIds, liveTable, recordJson } from './roster-sql.ts';

/** A record in OneRoster's spelling, `status` and `metadata` among its fields, blank fields absent. */
export type Values = Record<string, unknown>;

export type Change = {
  id: string;
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
  const rows = await db.query<Row>(sql`
    select ${columns}, c.before from changes c ${withSync}
    where c.roster_id = ${rosterId} and c.kind = ${kind} and c.sourced_id = ${sourcedId}
    order by c.at desc, c.id desc limit ${limit}`);
  let after = (await currentValues(db, rosterId, kind, sourcedId)) ?? null;
  return rows.map((row) => {
    const change = shape(row, row.action === 'purge' ? null : after);
    after = row.before;
    return change;
  });
}

/** A page of the changes of a sync in the order of apply; `after` is the id of the last change of the page before. */
export async function changesOf(
  db: Db,
  rosterId: string,
  syncId: string,
  page: { kind?: Kind; action?: Action; after?: string; limit: number },
): Promise<Change[]> {
  const { first, last } = changeIds(syncId);
  const { kind = null, action = null, after = null, limit } = page;
  const rows = await db.query<Row & { next: Values | null }>(sql`
    select ${columns}, c.before, (
      select n.before from changes n
      where n.roster_id = c.roster_id and n.kind = c.kind and n.sourced_id = c.sourced_id and (n.at, n.id) > (c.at, c.id)
      order by n.at, n.id limit 1
    ) as next
    from changes c ${withSync}
    where c.roster_id = ${rosterId} and c.id between ${first} and ${last} and c.sync_id = ${syncId}
      and (${after}::uuid is null or c.id > ${after})
      and (${kind}::text is null or c.kind = ${kind}) and (${action}::text is null or c.action = ${action})
    order by c.id limit ${limit}`);
  const changes: Change[] = [];
  for (const { next, ...row } of rows) {
    const values =
      row.action === 'purge' ? null : (next ?? (await currentValues(db, rosterId, row.kind, row.sourcedId)));
    changes.push(shape(row, values ?? null));
  }
  return changes;
}

type Row = Omit<Change, 'after' | 'changed'>;

const columns = sql`c.id, c.at, c.kind, c.sourced_id as "sourcedId", c.action, c.sync_id as "syncId",
  s.number as "syncNumber", c.account_id as "accountId"`;
const withSync = sql`left join syncs s on s.roster_id = c.roster_id and s.id = c.sync_id`;

async function currentValues(db: Db, rosterId: string, kind: Kind, sourcedId: string): Promise<Values | undefined> {
  const row = await db.one<{ record: Values }>(sql`
    select ${raw(recordJson(kind, 'l'))} as record from ${raw(liveTable(kind))} l
    where l.roster_id = ${rosterId} and l.sourced_id = ${sourcedId}`);
  return row?.record;
}

function shape(row: Row, after: Values | null): Change {
  return { ...row, after, changed: difference(row.before ?? {}, after ?? {}) };
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
