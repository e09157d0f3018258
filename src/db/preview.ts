/** Reads what a staged sync would change, record by record, with the values before and after, and counts it by school. */
import sql, { empty, raw, type Sql } from 'sql-template-tag';
import { difference, type RecordChange, type Values } from '../core/changes.ts';
import type { Action, Plan, SchoolPlan } from '../core/plan.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { Db } from './db.ts';
import type { ChangesPage } from './history.ts';
import {
  atSchool,
  liveTable,
  namesSchools,
  recordJson,
  type StageContext,
  schoolsOf,
  stageTable,
} from './roster-sql.ts';
import { bySchool, type Loaded } from './staging.ts';
import { kindOfId } from './take-over.ts';

/**
 * Makes the stage of a compared sync quick to page through, however large it is. Running it again changes nothing.
 */
export async function indexStage(db: Db, ctx: StageContext, plan: Plan): Promise<void> {
  const index = (table: Kind | 'plan', columns: string) => {
    const on = stageTable(ctx, table);
    const name = `${on.slice('stage.'.length)}_ids`;
    return db.query(sql`create index if not exists ${raw(name)} on ${raw(on)} (${raw(columns)})`);
  };
  await index('plan', 'kind, sourced_id, action');
  for (const kind of plannedKinds(plan)) await index(kind, 'sourced_id');
}

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
    if (!plan.kinds[kind] || (after && rosterKinds.indexOf(kind) < rosterKinds.indexOf(after.kind))) continue;
    if (school !== undefined && !namesSchools(kind)) continue;
    const from = after?.kind === kind ? after.sourcedId : '';
    const rows = await db.query<Planned>(
      plannedOfKind(ctx, plan, kind, { action, school, after: from, limit: limit - changes.length, rewrite }),
    );
    changes.push(...rows.map((row) => shape(kind, row, rewrite)));
    if (changes.length >= limit) break;
  }
  return changes;
}

type Planned = { sourcedId: string; action: Action; before: Values | null; staged: Values | null };

type PlannedPage = {
  action: Action | undefined;
  school: string | undefined;
  after: string;
  limit: number;
  rewrite: boolean;
};

function plannedOfKind(
  ctx: StageContext,
  plan: Plan,
  kind: Kind,
  { action, school, after, limit, rewrite }: PlannedPage,
): Sql {
  // What people added under another id stands under that one until it is taken over.
  const takes = rewrite
    ? empty
    : sql`left join ${raw(stageTable(ctx, 'takes'))} t
      on t.roster_id = p.roster_id and t.kind = ${kindOfId(kind)} and t.sourced_id = p.sourced_id and p.action = 'take over'`;
  const liveId = rewrite ? sql`p.sourced_id` : sql`coalesce(t.former, p.sourced_id)`;
  const wanted = action === undefined ? sql`c.action <> 'conflict'` : sql`c.action = ${action}`;
  const fresh = sql`
    select x.roster_id, x.sourced_id, 'create' as action from ${raw(stageTable(ctx, kind))} x
    where x.status is null and x.sourced_id > ${after} and 'create' = ${action ?? 'create'}
      ${atSchool(schoolsOf(kind, 'x'), school)}`;
  const ofSchool =
    school === undefined
      ? empty
      : sql`
    left join ${raw(stageTable(ctx, kind))} x on x.roster_id = c.roster_id and x.sourced_id = c.sourced_id and x.status is null
    left join ${raw(liveTable(kind))} y
      on y.roster_id = ${ctx.rosterId} and y.roster_id = c.roster_id and y.sourced_id = c.sourced_id`;
  const compared = sql`
    select c.roster_id, c.sourced_id, c.action from ${raw(stageTable(ctx, 'plan'))} c ${ofSchool}
    where c.kind = ${kind} and c.sourced_id > ${after} and ${wanted}
      ${atSchool(`coalesce(${schoolsOf(kind, 'x')}, ${schoolsOf(kind, 'y')})`, school)}`;
  return sql`
    select p.sourced_id as "sourcedId", p.action, ${raw(recordJson(kind, 'l'))} as before,
      ${raw(recordJson(kind, 's'))} as staged
    from (${plan.kinds[kind]?.fresh ? fresh : compared} order by sourced_id limit ${limit}) p
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
    if (schoolsOf(kind, 'l') === 'null::text') continue;
    const counts = await countsBySchool(db, ctx, plan, kind);
    const live = loaded.find((each) => each.kind === kind)?.live.bySchool ?? {};
    const found = [...counts].map(
      ([school, count]): SchoolPlan => ({ kind, school, live: live[school] ?? 0, ...count }),
    );
    const size = ({ archive, added = 0, changed = 0 }: SchoolPlan) => archive * 1e9 + added + changed;
    plans.push(...found.sort((a, b) => size(b) - size(a) || (a.school < b.school ? -1 : 1)).slice(0, limit));
  }
  return named(db, ctx, plans);
}

type Count = { added: number; changed: number; archive: number };

async function countsBySchool(db: Db, ctx: StageContext, plan: Plan, kind: Kind): Promise<Map<string, Count>> {
  const stage = raw(stageTable(ctx, kind));
  const rows = await db.query<{ schools: string | null; action: string; count: number }>(
    plan.kinds[kind]?.fresh
      ? sql`select ${raw(schoolsOf(kind, 's'))} as schools, 'create' as action, count(*) as count
          from ${stage} s where s.status is null group by schools`
      : sql`
        select coalesce(${raw(schoolsOf(kind, 's'))}, ${raw(schoolsOf(kind, 'l'))}) as schools, p.action, count(*) as count
        from ${raw(stageTable(ctx, 'plan'))} p
        left join ${stage} s on s.roster_id = p.roster_id and s.sourced_id = p.sourced_id and s.status is null
        left join ${raw(liveTable(kind))} l
          on l.roster_id = ${ctx.rosterId} and l.roster_id = p.roster_id and l.sourced_id = p.sourced_id
        where p.kind = ${kind} and p.action <> 'conflict'
        group by schools, p.action`,
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
async function named(db: Db, ctx: StageContext, plans: SchoolPlan[]): Promise<SchoolPlan[]> {
  const ids = [...new Set(plans.map(({ school }) => school))];
  const staged = await db.one<{ there: boolean }>(
    sql`select to_regclass(${stageTable(ctx, 'orgs')}) is not null as there`,
  );
  const coming = staged?.there
    ? sql`union all select sourced_id, name from ${raw(stageTable(ctx, 'orgs'))} where sourced_id = any(${ids})`
    : empty;
  const rows = await db.query<{ id: string; name: string | null }>(sql`
    select sourced_id as id, name from orgs where roster_id = ${ctx.rosterId} and sourced_id = any(${ids}) ${coming}`);
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return plans.map((plan) => {
    const name = names.get(plan.school);
    return name ? { ...plan, name } : plan;
  });
}
