/** Reads what a staged sync would change, record by record, with the values before and after, and counts it by school. */
import sql, { empty, raw, type Sql } from 'sql-template-tag';
import { difference, type RecordChange, type Values } from '../core/changes.ts';
import type { Action, Plan, SchoolPlan } from '../core/plan.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import { listedTexts, named, textsNaming } from './at-school.ts';
import type { Db } from './db.ts';
import type { ChangesPage } from './history.ts';
import { liveTable, namesSchools, recordJson, type StageContext, schoolsOf, stageTable } from './roster-sql.ts';
import { bySchool, type Loaded } from './staging.ts';
import { kindOfId } from './take-over.ts';

/**
 * Makes the stage of a compared sync quick to page through, however large it is. Running it again changes nothing.
 */
export async function indexStage(db: Db, ctx: StageContext, plan: Plan): Promise<void> {
  const index = (table: Kind | 'plan', of: string, columns: string) => {
    const on = stageTable(ctx, table);
    const name = `${on.slice('stage.'.length)}_${of}`;
    return db.query(sql`create index if not exists ${raw(name)} on ${raw(on)} (${raw(columns)})`);
  };
  await index('plan', 'ids', 'kind, action, sourced_id');
  await index('plan', 'schools', 'kind, schools, action, sourced_id');
  for (const kind of plannedKinds(plan)) {
    await index(kind, 'ids', 'sourced_id');
    if (plan.kinds[kind]?.fresh && namesSchools(kind))
      await index(kind, 'schools', `${stagedSchools(kind)}, sourced_id`);
  }
}

/** Sorted by bytes, as what it is compared with. */
const stagedSchools = (kind: Kind): string => `(${schoolsOf(kind)} collate "C")`;

const plannedKinds = (plan: Plan): Kind[] => rosterKinds.filter((kind) => plan.kinds[kind] !== undefined);

/**
 * A page of what a sync would change, by kind in the order of loading and then by sourcedId; its stage must be there.
 * The values before are those of now.
 * @param page.rewrite the stage says what archived records become, too: that of a rollback or a school-year reset.
 */
export async function plannedChanges(
  db: Db,
  ctx: StageContext,
  plan: Plan,
  page: Omit<ChangesPage, 'creates'> & { rewrite?: boolean },
): Promise<RecordChange[]> {
  const { kind: only, action, school, after, limit, rewrite = false } = page;
  const changes: RecordChange[] = [];
  for (const kind of only ? [only] : plannedKinds(plan)) {
    const counts = plan.kinds[kind];
    if (!counts || (after && rosterKinds.indexOf(kind) < rosterKinds.indexOf(after.kind))) continue;
    if ((school !== undefined && !namesSchools(kind)) || (counts.fresh && (action ?? 'create') !== 'create')) continue;
    const texts = school === undefined ? undefined : ((await textsOf(db, ctx, kind, counts.fresh, school)) ?? []);
    if (texts?.length === 0) continue;
    const from = after?.kind === kind ? after.sourcedId : '';
    const range: Range = {
      actions: action ? [action] : planActions,
      texts,
      after: from,
      limit: limit - changes.length,
    };
    const ids = counts.fresh ? stagedIds(ctx, kind, range) : plannedIds(ctx, kind, range);
    const rows = await db.query<Planned>(withValues(ctx, kind, ids, rewrite));
    changes.push(...rows.map((row) => shape(kind, row, rewrite)));
    if (changes.length >= limit) break;
  }
  return changes;
}

type Planned = { sourcedId: string; action: Action; before: Values | null; staged: Values | null };

/** A page of a kind; `texts` name a school. */
type Range = { actions: Action[]; texts: string[] | undefined; after: string; limit: number };

/** What a plan does to records; a conflict does nothing. */
const planActions: Action[] = ['create', 'update', 'archive', 'reactivate', 'take over', 'release'];

const textsOf = (db: Db, ctx: StageContext, kind: Kind, fresh: boolean, school: string) =>
  fresh
    ? textsNaming(db, stagedSchools(kind), sql`${raw(stageTable(ctx, kind))} where status is null`, school)
    : textsNaming(db, 'schools', sql`${raw(stageTable(ctx, 'plan'))} where kind = ${kind}`, school);

/** The next records of a kind of which there were none: all that is staged. */
function stagedIds(ctx: StageContext, kind: Kind, { texts, after, limit }: Range): Sql {
  const page = (also: Sql) => sql`
    select roster_id, sourced_id, 'create' as action from ${raw(stageTable(ctx, kind))}
    where status is null and sourced_id > ${after} ${also} order by sourced_id limit ${limit}`;
  if (!texts) return page(empty);
  const each = page(sql`and ${raw(stagedSchools(kind))} = t.schools`);
  return sql`select p.* from ${listedTexts(texts)} cross join lateral (${each}) p order by p.sourced_id limit ${limit}`;
}

/** The next planned records of a kind: a few of each action, and of each text, lie together in an index. */
function plannedIds(ctx: StageContext, kind: Kind, { actions, texts, after, limit }: Range): Sql {
  return sql`
    select p.* from unnest(${actions}::text[]) a (action) ${texts ? sql`cross join ${listedTexts(texts)}` : empty}
    cross join lateral (
      select c.roster_id, c.sourced_id, c.action from ${raw(stageTable(ctx, 'plan'))} c
      where c.kind = ${kind} and c.action = a.action and c.sourced_id > ${after} ${texts ? sql`and c.schools = t.schools` : empty}
      order by c.sourced_id limit ${limit}
    ) p order by p.sourced_id limit ${limit}`;
}

function withValues(ctx: StageContext, kind: Kind, ids: Sql, rewrite: boolean): Sql {
  // What people added under another id stands under that one until it is taken over.
  const takes = rewrite
    ? empty
    : sql`left join ${raw(stageTable(ctx, 'takes'))} t
      on t.roster_id = p.roster_id and t.kind = ${kindOfId(kind)} and t.sourced_id = p.sourced_id and p.action = 'take over'`;
  const liveId = rewrite ? sql`p.sourced_id` : sql`coalesce(t.former, p.sourced_id)`;
  return sql`
    select p.sourced_id as "sourcedId", p.action, ${raw(recordJson(kind, 'l'))} as before,
      ${raw(recordJson(kind, 's'))} as staged
    from (${ids}) p
    ${takes}
    left join ${raw(liveTable(kind))} l
      on l.roster_id = ${ctx.rosterId} and l.roster_id = p.roster_id and l.sourced_id = ${liveId}
    left join ${raw(stageTable(ctx, kind))} s
      on s.roster_id = p.roster_id and s.sourced_id = p.sourced_id
    order by p.sourced_id`;
}

/** A delivery that archives a record does not change it otherwise, whatever else its row says. */
function shape(kind: Kind, { sourcedId, action, before: live, staged }: Planned, rewrite: boolean): RecordChange {
  const before = action === 'create' ? null : live;
  const keepsValues = action === 'archive' && !(rewrite && staged?.sourcedId !== undefined);
  const after = keepsValues ? { ...live, status: 'tobedeleted' } : { status: 'active', ...staged };
  return { kind, sourcedId, action, before, after, changed: difference(before ?? {}, after) };
}

/**
 * What a staged sync would do to each school, for the kinds that name one: the schools that lose most first, at most
 * `limit` of each kind.
 */
export async function plannedBySchool(db: Db, ctx: StageContext, plan: Plan, limit: number): Promise<SchoolPlan[]> {
  const plans: SchoolPlan[] = [];
  const loaded = await db.query<Pick<Loaded, 'kind' | 'live'>>(
    sql`select kind, live from ${raw(stageTable(ctx, 'loaded'))}`,
  );
  for (const kind of plannedKinds(plan)) {
    if (!namesSchools(kind)) continue;
    const counts = await countsBySchool(db, ctx, plan, kind);
    const live = loaded.find((each) => each.kind === kind)?.live.bySchool ?? {};
    const found = [...counts].map(
      ([school, count]): SchoolPlan => ({ kind, school, live: live[school] ?? 0, ...count }),
    );
    const size = ({ archive, added = 0, changed = 0 }: SchoolPlan) => archive * 1e9 + added + changed;
    plans.push(...found.sort((a, b) => size(b) - size(a) || (a.school < b.school ? -1 : 1)).slice(0, limit));
  }
  return namedAhead(db, ctx, plans);
}

type Count = { added: number; changed: number; archive: number };

async function countsBySchool(db: Db, ctx: StageContext, plan: Plan, kind: Kind): Promise<Map<string, Count>> {
  const rows = await db.query<{ schools: string | null; action: string; count: number }>(
    plan.kinds[kind]?.fresh
      ? sql`select ${raw(schoolsOf(kind, 's'))} as schools, 'create' as action, count(*) as count
          from ${raw(stageTable(ctx, kind))} s where s.status is null group by schools`
      : sql`
        select schools, action, count(*) as count from ${raw(stageTable(ctx, 'plan'))}
        where kind = ${kind} and action <> 'conflict' group by schools, action`,
  );
  const counts = new Map<string, Count>();
  for (const field of ['added', 'changed', 'archive'] as const) {
    for (const [school, count] of bySchool(rows.filter(({ action }) => columnOf[action] === field))) {
      const known = counts.get(school) ?? { added: 0, changed: 0, archive: 0 };
      counts.set(school, { ...known, [field]: count });
    }
  }
  return counts;
}

const columnOf: Record<string, keyof Count> = {
  create: 'added',
  reactivate: 'added',
  update: 'changed',
  'take over': 'changed',
  release: 'changed',
  archive: 'archive',
};

/** Names of schools from the roster, or from the delivery that brings them. */
async function namedAhead(db: Db, ctx: StageContext, plans: SchoolPlan[]): Promise<SchoolPlan[]> {
  const staged = await db.one<{ there: boolean }>(
    sql`select to_regclass(${stageTable(ctx, 'orgs')}) is not null as there`,
  );
  if (!staged?.there) return named(db, ctx.rosterId, plans);
  const orgs = raw(stageTable(ctx, 'orgs'));
  return named(
    db,
    ctx.rosterId,
    plans,
    (ids) => sql`union all select sourced_id, name from ${orgs} where sourced_id = any(${ids})`,
  );
}
