/** Reads the live roster: one record, a page of records, ids, counts. */
import sql, { empty, join, raw } from 'sql-template-tag';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { Db } from './db.ts';
import { column, liveTable, recordJson, references } from './roster-sql.ts';

/** A record as it stands. */
export type LiveRecord = {
  kind: Kind;
  sourcedId: string;
  /** OneRoster's spelling of the fields, blank fields absent; lists separated by commas as in CSV. */
  fields: Record<string, string>;
  /** Extension columns by their full name. */
  metadata: Record<string, string>;
  status: 'active' | 'tobedeleted';
  /** When it last changed here. */
  dateLastModified: Date;
  /** The source that manages it; absent for a manual record. */
  owner: { sourceId: string; name: string | null } | 'manual';
  /** A person took it out of the care of the source that sends it. */
  released: boolean;
  archivedAt: Date | null;
};

type Found = {
  record: Record<string, unknown>;
  dateLastModified: Date;
  sourceId: string | null;
  sourceName: string | null;
  released: boolean;
  archivedAt: Date | null;
};

const selectRecords = (kind: Kind) => sql`
  select ${raw(recordJson(kind, 'l'))} as record, l.date_last_modified as "dateLastModified",
    l.source_id as "sourceId", o.name as "sourceName",
    l.released_from is not null as released, l.archived_at as "archivedAt"
  from ${raw(liveTable(kind))} l left join sources o on o.id = l.source_id`;

/** One record, active or archived. */
export async function recordOf(
  db: Db,
  rosterId: string,
  kind: Kind,
  sourcedId: string,
): Promise<LiveRecord | undefined> {
  const found = await db.one<Found>(sql`
    ${selectRecords(kind)} where l.roster_id = ${rosterId} and l.sourced_id = ${sourcedId}`);
  return found && shape(kind, found);
}

/** A page of active records by sourcedId; `after` is the last sourcedId of the page before. */
export async function listRecords(
  db: Db,
  rosterId: string,
  kind: Kind,
  page: { after?: string; limit: number; archived?: boolean },
): Promise<LiveRecord[]> {
  const status = page.archived ? 'tobedeleted' : 'active';
  const found = await db.query<Found>(sql`
    ${selectRecords(kind)}
    where l.roster_id = ${rosterId} and l.sourced_id > ${page.after ?? ''} and l.status = ${status}
    order by l.sourced_id limit ${page.limit}`);
  return found.map((each) => shape(kind, each));
}

function shape(kind: Kind, found: Found): LiveRecord {
  const { status, metadata, ...fields } = found.record as Record<string, string>;
  return {
    kind,
    sourcedId: fields.sourcedId as string,
    fields,
    metadata: (metadata ?? {}) as unknown as Record<string, string>,
    status: status as LiveRecord['status'],
    dateLastModified: found.dateLastModified,
    owner: found.sourceId === null ? 'manual' : { sourceId: found.sourceId, name: found.sourceName },
    released: found.released,
    archivedAt: found.archivedAt,
  };
}

const idsPerPage = 20_000;

/** The sourcedIds of the active records of a kind, of one source or whoever owns them, in their order; memory is bounded. */
export async function* liveIds(db: Db, rosterId: string, kind: Kind, sourceId?: string): AsyncGenerator<string> {
  const own = sourceId === undefined ? empty : sql`and source_id = ${sourceId}`;
  let after = '';
  for (;;) {
    const page = await db.query<{ id: string }>(sql`
      select sourced_id as id from ${raw(liveTable(kind))}
      where roster_id = ${rosterId} and sourced_id > ${after} and status = 'active' ${own}
      order by sourced_id limit ${idsPerPage}`);
    for (const { id } of page) yield id;
    if (page.length < idsPerPage) return;
    after = (page.at(-1) as { id: string }).id;
  }
}

/** Active records by kind, for every kind that a roster holds. */
export async function countsOf(db: Db, rosterId: string): Promise<Record<Kind, number>> {
  const counts = rosterKinds.map(
    (kind) => sql`select ${kind}::text as kind, count(*) as count from ${raw(liveTable(kind))}
      where roster_id = ${rosterId} and status = 'active'`,
  );
  const rows = await db.query<{ kind: Kind; count: number }>(join(counts, ' union all '));
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, count])) as Record<Kind, number>;
}

export type Dangling = { kind: Kind; sourcedId: string; field: string; value: string };

/** References of active records to records that do not exist, not even archived: there must never be one. At most 100. */
export async function danglingReferences(db: Db, rosterId: string): Promise<Dangling[]> {
  const checks = rosterKinds.flatMap((kind) =>
    references(kind).map(({ field, to, list }) => {
      const value = list ? sql`trim(target)` : raw(`l.${column(field)}`);
      const targets = list
        ? raw(`cross join lateral unnest(string_to_array(l.${column(field)}, ',')) as target`)
        : raw('');
      return sql`
        select ${kind}::text as kind, l.sourced_id as "sourcedId", ${field}::text as field, ${value} as value
        from ${raw(liveTable(kind))} l ${targets}
        where l.roster_id = ${rosterId} and l.status = 'active' and ${value} is not null and not exists (
          select 1 from ${raw(liveTable(to))} t where t.roster_id = l.roster_id and t.sourced_id = ${value})`;
    }),
  );
  return db.query(sql`${join(checks, ' union all ')} limit 100`);
}
