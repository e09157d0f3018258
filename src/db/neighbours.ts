/** Reads what a roster holds beside the records of one source: those of others, and those that people keep. */
import sql, { raw } from 'sql-template-tag';
import type { HandRecord, Neighbours } from '../core/neighbours.ts';
import type { Kind } from '../core/tables.ts';
import { keysOf } from './by-hand.ts';
import type { Db } from './db.ts';
import { column, isRosterKind, liveTable } from './roster-sql.ts';

/** The neighbours of a source, for the check of what it sends. With no other source and nothing by hand, they cost nothing. */
export async function neighboursOf(
  db: Db,
  { rosterId, sourceId }: { rosterId: string; sourceId: string },
): Promise<Neighbours> {
  const others = await db.one(sql`select 1 from sources where roster_id = ${rosterId} and id <> ${sourceId} limit 1`);
  return {
    byHand: async (kind) => (isRosterKind(kind) ? recordsByHand(db, rosterId, kind) : []),
    ofOthers: (kind) => (others && isRosterKind(kind) ? idsOfOthers(db, { rosterId, sourceId }, kind) : undefined),
    async synced(kind, sourcedIds) {
      const rows = await db.query<{ id: string }>(sql`
        select sourced_id as id from ${raw(liveTable(kind))}
        where roster_id = ${rosterId} and sourced_id = any(${sourcedIds}) and source_id is not null`);
      return rows.map(({ id }) => id);
    },
  };
}

function recordsByHand(db: Db, rosterId: string, kind: Kind): Promise<HandRecord[]> {
  const keyed = (field: string) => raw(keysOf(kind).includes(field) ? `l.${column(field)}` : 'null::text');
  return db.query<HandRecord>(sql`
    select l.sourced_id as "sourcedId", ${keyed('username')} as username, ${keyed('identifier')} as identifier,
      l.status = 'active' as "isActive", l.released_from is not null as "isReleased"
    from ${raw(liveTable(kind))} l where l.roster_id = ${rosterId} and l.source_id is null`);
}

const idsPerPage = 20_000;
type OtherId = { sourcedId: string; isActive: boolean };

async function* idsOfOthers(
  db: Db,
  { rosterId, sourceId }: { rosterId: string; sourceId: string },
  kind: Kind,
): AsyncGenerator<OtherId> {
  for (let after = ''; ; ) {
    const page = await db.query<OtherId>(sql`
      select sourced_id as "sourcedId", status = 'active' as "isActive" from ${raw(liveTable(kind))}
      where roster_id = ${rosterId} and sourced_id > ${after} and source_id <> ${sourceId}
      order by sourced_id limit ${idsPerPage}`);
    yield* page;
    if (page.length < idsPerPage) return;
    after = (page.at(-1) as OtherId).sourcedId;
  }
}
