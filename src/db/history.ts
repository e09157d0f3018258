/** Reads what happened to records, and why: every change with its cause, and the values before and after. */
import sql, { empty, raw, type Sql } from 'sql-template-tag';
import { difference, type RecordChange, type Values } from '../core/changes.ts';
import { type Action, type Plan, schoolsShown } from '../core/plan.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import { listedTexts, textsNaming } from './at-school.ts';
import type { Db } from './db.ts';
import { atSchool, liveTable, namesSchools, recordJson, schoolsBefore, schoolsOf } from './roster-sql.ts';
import type { OriginDetail } from './syncs.ts';

export type { Values } from '../core/changes.ts';

export type Change = RecordChange & {
  /** Of its row of history; null for a create that stands in the record itself. */
  id: string | null;
  at: Date;
  /** What caused it: a sync, or a person. */
  syncId: string | null;
  syncNumber: number | null;
  /** The delivery's file name and the source's name; null where the cause is no delivery. */
  fileName: string | null;
  receivedAt: Date | null;
  source: string | null;
  /** For a sync that came from no file. */
  originDetail: OriginDetail | null;
  accountId: string | null;
  /** Email address of the account; null for syncs, and for the command line. */
  by: string | null;
};

/** Everything that happened to one record, latest first; with `offset`, a later page of it. */
export async function historyOf(
  db: Db,
  rosterId: string,
  kind: Kind,
  sourcedId: string,
  limit = 1000,
  offset = 0,
): Promise<Change[]> {
  // The change before the page says what was so after the page's first one.
  const skipped = Math.min(offset, 1);
  const rows = await eventsOf(db, { rosterId, kind }, sourcedId, { limit: limit + skipped, offset: offset - skipped });
  let after = (await currentValues(db, rosterId, kind, [sourcedId])).get(sourcedId) ?? null;
  return rows
    .map((row) => {
      const change = shape(row, kind, row.action === 'purge' ? null : after);
      after = row.before;
      return change;
    })
    .slice(skipped);
}

/** Where a page of changes ended: after all changes of a record, or with `id` after one of them. */
export type ChangeCursor = { kind: Kind; sourcedId: string; id?: string | null };

export type ChangesPage = {
  kind?: Kind;
  action?: Action;
  /** sourcedId of a school; kinds that name none have no changes at it. */
  school?: string;
  after?: ChangeCursor;
  limit: number;
  /** What the sync planned, and did to each school, as far as it is known. Where it created nothing, nothing is searched. */
  plan?: Plan | null;
};

/** A page of the changes of a sync, by kind in the order of loading and then by sourcedId; a record may have several. */
export async function changesOf(db: Db, rosterId: string, syncId: string, page: ChangesPage): Promise<Change[]> {
  const changes: Change[] = [];
  const { kind: only, after, limit } = page;
  for (const kind of only ? [only] : rosterKinds) {
    if (after && rosterKinds.indexOf(kind) < rosterKinds.indexOf(after.kind)) continue;
    if (page.school !== undefined && !namesSchools(kind)) continue;
    const from = after?.kind === kind ? after : undefined;
    const rows = await changesOfKind(db, { rosterId, kind }, syncId, page, from, limit - changes.length);
    const current = await currentValues(
      db,
      rosterId,
      kind,
      rows.filter(({ next }) => !next).map(({ sourcedId }) => sourcedId),
    );
    for (const { next, ...row } of rows) {
      const values = next ?? current.get(row.sourcedId) ?? null;
      changes.push(shape(row, kind, row.action === 'purge' ? null : values));
    }
    if (changes.length >= limit) break;
  }
  return changes;
}

type Place = { rosterId: string; kind: Kind };
type Row = Omit<Change, 'kind' | 'after' | 'changed'>;

function eventsOf(
  db: Db,
  { rosterId, kind }: Place,
  sourcedId: string,
  { limit, offset }: { limit: number; offset: number },
): Promise<Row[]> {
  return db.query<Row>(sql`
    select c.*, ${causes} from (
      select ${written} from changes c
      where c.roster_id = ${rosterId} and c.kind = ${kind} and c.sourced_id = ${sourcedId}
      union all
      (${created({ rosterId, kind })} and l.sourced_id = ${sourcedId})
    ) c
    ${causeJoins(rosterId)}
    order by c.at desc, c.id desc nulls last limit ${limit} offset ${offset}`);
}

async function changesOfKind(
  db: Db,
  place: Place,
  syncId: string,
  page: ChangesPage,
  from: ChangeCursor | undefined,
  limit: number,
): Promise<(Row & { next: Values | null })[]> {
  const { rosterId, kind } = place;
  const { sourcedId: after = '', id = undefined } = from ?? {};
  const seen = id === undefined ? lastId : (id ?? firstId);
  const range = { syncId, school: page.school, after, limit };
  const mayCreate = (page.action ?? 'create') === 'create' && addsSome(page, kind);
  const fresh = mayCreate ? await createsIn(db, place, range, page.plan ?? undefined) : undefined;
  return db.query(sql`
    select c.*, ${causes}, (
      select n.before from changes n
      where n.roster_id = ${rosterId} and n.kind = ${kind} and n.sourced_id = c."sourcedId" and n.id is distinct from c.id
        and (n.at, n.id) > (c.at, coalesce(c.id, ${firstId}::uuid))
      order by n.at, n.id limit 1
    ) as next
    from (
      (${await writtenIn(db, place, range, { actions: page.action ? [page.action] : everyAction, seen })})
      ${fresh ? sql`union all (${fresh})` : empty}
    ) c
    ${causeJoins(rosterId)}
    order by c."sourcedId", c.id nulls first limit ${limit}`);
}

/** Whether the sync may have created records of a kind, at that school. */
function addsSome({ plan, school }: ChangesPage, kind: Kind): boolean {
  if (!plan) return true;
  if (!plan.kinds[kind]?.create) return false;
  const counted = plan.schools.filter((each) => each.kind === kind && each.added !== undefined);
  if (school === undefined || counted.length === 0 || counted.length >= schoolsShown) return true;
  return counted.some((each) => each.school === school && each.added !== 0);
}

type Range = { syncId: string; school: string | undefined; after: string; limit: number };

const everyAction: Action[] = [
  'create',
  'update',
  'archive',
  'reactivate',
  'take over',
  'release',
  'hand back',
  'purge',
];

/** A page of what a sync wrote down: a few of each action, and of each text that names the school, lie together. */
async function writtenIn(
  db: Db,
  { rosterId, kind }: Place,
  { syncId, school, after, limit }: Range,
  { actions, seen }: { actions: Action[]; seen: string },
): Promise<Sql> {
  const ofKind = sql`c.roster_id = ${rosterId} and c.sync_id = ${syncId} and c.kind = ${kind}`;
  const texts =
    school === undefined ? undefined : await textsNaming(db, 'c.schools', sql`changes c where ${ofKind}`, school);
  // What was written before schools were noted beside it has them among its values alone.
  const atOne = texts ? sql`and c.schools = t.schools` : atSchool(schoolsBefore(kind, 'c.before'), school);
  return sql`
    select w.* from unnest(${actions}::text[]) a (action) ${texts ? sql`cross join ${listedTexts(texts)}` : empty}
    cross join lateral (
      select ${written} from changes c
      where ${ofKind} and c.action = a.action and c.sourced_id >= ${after}
        and (c.sourced_id, c.id) > (${after}, ${seen}::uuid) ${atOne}
      order by c.sourced_id, c.id limit ${limit}
    ) w order by w."sourcedId", w.id limit ${limit}`;
}

/** A page of what a sync created, read from its list, or where it has none from the records. */
async function createsIn(
  db: Db,
  place: Place,
  { syncId, school, after, limit }: Range,
  plan: Plan | undefined,
): Promise<Sql> {
  const { rosterId, kind } = place;
  const own = sql`${created(place)} and l.created_sync = ${syncId} and l.sourced_id > ${after}`;
  const isFresh = plan?.kinds[kind]?.fresh ?? false;
  const isListed =
    !isFresh &&
    (await db.one(sql`
      select 1 from created_records where roster_id = ${rosterId} and sync_id = ${syncId} and kind = ${kind} limit 1`));
  if (isListed)
    return sql`${created(place)} and l.sourced_id in (
      select r.sourced_id from created_records r
      where r.roster_id = ${rosterId} and r.sync_id = ${syncId} and r.kind = ${kind} and r.sourced_id > ${after}
        ${atSchool('r.schools', school)}
      order by r.sourced_id limit ${limit})`;
  if (isFresh && school === undefined) return sql`${own} order by l.sourced_id limit ${limit}`;
  if (isFresh && school !== undefined) {
    const ids = await nextAt(db, place, { syncId, school, after, limit });
    if (ids.length === limit) return sql`${created(place)} and l.sourced_id = any(${ids})`;
  }
  // In the order of ids the few of a night, or of a small school, would be searched for in the whole roster, one by one.
  const found = sql`${own} ${atSchool(schoolsOf(kind, 'l'), school)}`;
  return sql`select * from (${found} offset 0) l order by l.sourced_id limit ${limit}`;
}

/** The ids of a school among the next records that a first load created. */
async function nextAt(db: Db, { rosterId, kind }: Place, { syncId, school, after, limit }: Range): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    select l.id from (
      select l.sourced_id as id, ${raw(schoolsOf(kind, 'l'))} as schools from ${raw(liveTable(kind))} l
      where l.roster_id = ${rosterId} and l.created_sync = ${syncId} and l.sourced_id > ${after}
      order by l.sourced_id limit ${recordsLookedAt}
    ) l
    where true ${atSchool('l.schools', school)} order by l.id limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** Where as many records hold no page of a school, all are looked at. */
const recordsLookedAt = 20_000;

/** Before and after every other id. */
const [firstId, lastId] = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];

const written = sql`c.id, c.at, c.sourced_id as "sourcedId", c.action, c.sync_id as "syncId",
  c.account_id as "accountId", c.before`;

/** That a sync created a record stands in the record: such changes in the shape of written ones; ends in a condition. */
const created = ({ rosterId, kind }: Place): Sql => sql`
  select null::uuid as id, a.at, l.sourced_id, 'create', l.created_sync, null::uuid, null::jsonb
  from ${raw(liveTable(kind))} l
  join applied_syncs a on a.roster_id = l.roster_id and a.sync_id = l.created_sync
  where l.roster_id = ${rosterId}`;

const causes = sql`s.number as "syncNumber", d.name as "fileName", d.received_at as "receivedAt", o.name as source,
  s.origin_detail as "originDetail",   p.email as by`;

const causeJoins = (rosterId: string): Sql => sql`
  left join syncs s on s.roster_id = ${rosterId} and s.id = c."syncId"
  left join deliveries d on d.roster_id = ${rosterId} and d.id = s.delivery_id
  left join sources o on o.id = s.source_id
  left join accounts p on p.id = c."accountId"`;

async function currentValues(db: Db, rosterId: string, kind: Kind, sourcedIds: string[]): Promise<Map<string, Values>> {
  if (sourcedIds.length === 0) return new Map();
  const rows = await db.query<{ id: string; record: Values }>(sql`
    select l.sourced_id as id, ${raw(recordJson(kind, 'l'))} as record from ${raw(liveTable(kind))} l
    where l.roster_id = ${rosterId} and l.sourced_id = any(${sourcedIds})`);
  return new Map(rows.map(({ id, record }) => [id, record]));
}

function shape(row: Row, kind: Kind, after: Values | null): Change {
  const { at, sourcedId, action, before, ...cause } = row;
  const changed = difference(before ?? {}, after ?? {});
  return { at, kind, sourcedId, action, before, after, changed, ...cause };
}
