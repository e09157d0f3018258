/** Random deliveries against a roster in memory that is written from the rules, not from the SQL. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import sql, { raw } from 'sql-template-tag';
import type { KindPlan } from '../src/core/plan.ts';
import type { Kind } from '../src/core/tables.ts';
import type { Db } from '../src/db/db.ts';
import { changesOf, historyOf } from '../src/db/history.ts';
import { newId } from '../src/db/ids.ts';
import { countsOf, listRecords, liveIds, recordOf } from '../src/db/roster.ts';
import { apply, diff, dropStage } from '../src/db/staging.ts';
import { compare, countsOf as countsOfDelivery, type Delivery, type Fields, type File } from './deliver.ts';
import { testDb } from './postgres.ts';

const kinds = ['orgs', 'classes', 'users'] as const;
const ids = ['a', 'b', 'B', 'c.1', 'd@x', 'e'];

type Held = { fields: Fields; status: 'active' | 'tobedeleted'; owner: string };
type Event = { sync: string; kind: Kind; sourcedId: string; action: string; before: Held | null };
type Model = { records: Map<string, Held>; events: Event[] };
type Counts = Omit<KindPlan, 'fresh' | 'removalsSuspended' | 'leftOut' | 'live'>;

const keyOf = (kind: Kind, sourcedId: string) => `${kind}/${sourcedId}`;
const content = ({ status: _, dateLastModified: __, ...fields }: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')) as Fields;
const same = (a: Fields, b: Fields) =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

/** What semantics says of one file: what becomes of each record it names, and of each it does not. */
function decide(model: Model, source: string, kind: Kind, file: File): Map<string, string> {
  const actions = new Map<string, string>();
  const leftOut = new Set(file.leftOut);
  for (const row of file.rows) {
    if (leftOut.has(row.sourcedId)) continue;
    const held = model.records.get(keyOf(kind, row.sourcedId));
    if (row.status === 'tobedeleted') {
      const goes = held?.owner === source && held.status === 'active';
      actions.set(row.sourcedId, goes ? 'archive' : 'unchanged');
    } else if (!held) actions.set(row.sourcedId, 'create');
    else if (held.owner === 'manual') actions.set(row.sourcedId, 'take over');
    else if (held.owner !== source) actions.set(row.sourcedId, 'conflict');
    else if (held.status === 'tobedeleted') actions.set(row.sourcedId, 'reactivate');
    else actions.set(row.sourcedId, same(held.fields, content(row)) ? 'unchanged' : 'update');
  }
  if (file.mode === 'delta' || (file.unidentified ?? 0) > 0) return actions;
  const present = new Set([...file.rows.map(({ sourcedId }) => sourcedId), ...leftOut]);
  for (const [key, held] of model.records) {
    const [of, sourcedId] = key.split('/') as [Kind, string];
    if (of === kind && held.owner === source && held.status === 'active' && !present.has(sourcedId)) {
      actions.set(sourcedId, 'archive');
    }
  }
  return actions;
}

function follow(
  model: Model,
  sync: string,
  source: string,
  kind: Kind,
  file: File,
  actions: Map<string, string>,
  removals: boolean,
) {
  for (const [sourcedId, action] of actions) {
    const key = keyOf(kind, sourcedId);
    const before = model.records.get(key) ?? null;
    if (action === 'unchanged' || action === 'conflict' || (action === 'archive' && !removals)) continue;
    model.events.push({ sync, kind, sourcedId, action, before });
    if (action === 'archive') model.records.set(key, { ...(before as Held), status: 'tobedeleted' });
    else {
      const row = file.rows.find((each) => each.sourcedId === sourcedId) as Fields;
      model.records.set(key, { fields: content(row), status: 'active', owner: source });
    }
  }
}

function counted(actions: Map<string, string>): Counts {
  const of = (action: string) => [...actions.values()].filter((each) => each === action).length;
  return {
    create: of('create'),
    update: of('update'),
    archive: of('archive'),
    reactivate: of('reactivate'),
    takeOver: of('take over'),
    conflict: of('conflict'),
    unchanged: of('unchanged'),
  };
}

const text = fc.constantFrom('', 'x', 'y', '\t', '\\N', 'a\\', '\\.', 'Zoë', '\u{1f600}', '"q"', ' ');
const idOf = fc.constantFrom(...ids);
const rowOf = (kind: Kind, mode: 'bulk' | 'delta'): fc.Arbitrary<Fields> => {
  const base = {
    sourcedId: idOf,
    status: mode === 'bulk' ? fc.constant('') : fc.constantFrom('active', 'active', 'tobedeleted'),
    dateLastModified: mode === 'bulk' ? fc.constant('') : fc.constantFrom('2026-01-01T00:00:00.000Z'),
    'metadata.note': text,
  };
  if (kind === 'orgs')
    return fc.record({ ...base, name: text, parentSourcedId: fc.constantFrom('', 'a') }) as fc.Arbitrary<Fields>;
  if (kind === 'users')
    return fc.record({
      ...base,
      givenName: text,
      orgSourcedIds: fc.constantFrom('a', 'a,b', ''),
    }) as fc.Arbitrary<Fields>;
  return fc.record({ ...base, title: text, schoolSourcedId: fc.constantFrom('a', 'b') }) as fc.Arbitrary<Fields>;
};
const fileOf = (kind: Kind): fc.Arbitrary<File> =>
  fc.constantFrom('bulk' as const, 'bulk' as const, 'bulk' as const, 'delta' as const).chain((mode) =>
    fc
      .record({
        mode: fc.constant(mode),
        rows: fc.uniqueArray(rowOf(kind, mode), { selector: (row) => row.sourcedId, maxLength: ids.length }),
        leftOut: fc.oneof(fc.constant<string[]>([]), fc.uniqueArray(idOf, { minLength: 1, maxLength: 4 })),
        unidentified: fc.constantFrom(0, 0, 0, 1),
      })
      // A check tells an id once: of a row that is taken, or of one that is left out.
      .map((file) => ({
        ...file,
        leftOut: file.leftOut.filter((id) => !file.rows.some((row) => row.sourcedId === id)),
      })),
  );
const deliveryOf: fc.Arbitrary<Delivery> = fc.record(
  { orgs: fileOf('orgs'), classes: fileOf('classes'), users: fileOf('users') },
  { requiredKeys: [] },
);
type Step =
  | { act: 'deliver'; source: number; delivery: Delivery; removals: boolean; again: boolean }
  | { act: 'by hand'; kind: Kind; sourcedId: string };
const stepOf: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('deliver' as const),
      source: fc.constantFrom(0, 0, 0, 0, 1),
      delivery: deliveryOf,
      removals: fc.constantFrom(true, true, true, false),
      again: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant('by hand' as const), kind: fc.constantFrom(...kinds), sourcedId: idOf }),
  },
);

async function step(db: Db, rosterId: string, sources: string[], model: Model, step: Step): Promise<void> {
  if (step.act === 'by hand') return addByHand(db, rosterId, model, step);
  const source = sources[step.source] as string;
  const ctx = { rosterId, sourceId: source, syncId: newId() };

  let plan = await compare(db, ctx, step.delivery);
  if (step.again) plan = await diff(db, ctx, countsOfDelivery(step.delivery));
  for (const [kind, file] of Object.entries(step.delivery) as [Kind, File][]) {
    const actions = decide(model, source, kind, file);
    const { fresh: _, removalsSuspended, leftOut, live, ...counts } = plan.kinds[kind] as KindPlan;
    assert.deepEqual(counts, counted(actions), `plan of ${kind}`);
    assert.equal(removalsSuspended, file.mode === 'bulk' && (file.unidentified ?? 0) > 0);
    assert.equal(leftOut, file.leftOut?.length ?? 0);
    const mine = [...model.records].filter(
      ([key, each]) => key.startsWith(`${kind}/`) && each.owner === source && each.status === 'active',
    );
    assert.equal(live, mine.length);
    follow(model, ctx.syncId, source, kind, file, actions, step.removals);
  }

  await apply(db, ctx, plan, { removals: step.removals });
  if (step.again) await apply(db, ctx, plan, { removals: step.removals });
  await dropStage(db, ctx);
}

async function addByHand(
  db: Db,
  rosterId: string,
  model: Model,
  { kind, sourcedId }: { kind: Kind; sourcedId: string },
) {
  const key = keyOf(kind, sourcedId);
  if (model.records.has(key)) return;
  await db.query(sql`insert into ${raw(kind)} (roster_id, sourced_id) values (${rosterId}, ${sourcedId})`);
  model.records.set(key, { fields: { sourcedId }, status: 'active', owner: 'manual' });
}

async function assertSame(db: Db, rosterId: string, model: Model): Promise<void> {
  const counts = await countsOf(db, rosterId);
  for (const kind of kinds) {
    const expected = [...model.records].filter(([key]) => key.startsWith(`${kind}/`));
    const found = new Map<string, Held>();
    for (const archived of [false, true]) {
      for (const record of await listRecords(db, rosterId, kind, { limit: 100, archived })) {
        const fields = { ...record.fields, ...record.metadata } as Fields;
        const owner = record.owner === 'manual' ? 'manual' : record.owner.sourceId;
        found.set(keyOf(kind, record.sourcedId), { fields, status: record.status, owner });
        assert.equal(record.archivedAt !== null, archived);
      }
    }
    assert.deepEqual(Object.fromEntries(found), Object.fromEntries(expected));
    const active = expected.filter(([, held]) => held.status === 'active').map(([key]) => key.slice(kind.length + 1));
    assert.equal(counts[kind], active.length);
    assert.deepEqual(await all(liveIds(db, rosterId, kind)), active.sort());
  }
}

async function all(ids: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const id of ids) found.push(id);
  return found;
}

const flatten = ({ metadata, ...fields }: Record<string, unknown>) => ({ ...fields, ...(metadata as object) });
const valuesOf = (held: Held | null) => held && { ...held.fields, status: held.status };

async function assertHistory(db: Db, rosterId: string, model: Model): Promise<void> {
  for (const [key, held] of model.records) {
    const [kind, sourcedId] = key.split('/') as [Kind, string];
    const events = model.events.filter((event) => event.kind === kind && event.sourcedId === sourcedId).reverse();
    const history = await historyOf(db, rosterId, kind, sourcedId);
    assert.deepEqual(
      history.map(({ action, syncId, before, after }) => [
        action,
        syncId,
        before && flatten(before),
        after && flatten(after),
      ]),
      events.map(({ action, sync, before }, index) => {
        const after = index === 0 ? held : (events[index - 1] as Event).before;
        return [action, sync, valuesOf(before), valuesOf(after)];
      }),
    );
  }
  for (const sync of new Set(model.events.map((event) => event.sync))) {
    const found = await changesOf(db, rosterId, sync, { limit: 100 });
    assert.deepEqual(
      found.map(({ kind, sourcedId, action, before }) => [keyOf(kind, sourcedId), action, before && flatten(before)]),
      model.events
        .filter((event) => event.sync === sync)
        .sort((a, b) => kindOrder(a) - kindOrder(b) || (a.sourcedId < b.sourcedId ? -1 : 1))
        .map(({ kind, sourcedId, action, before }) => [keyOf(kind, sourcedId), action, valuesOf(before)]),
    );
  }
}
const kindOrder = ({ kind }: Event) => kinds.indexOf(kind as (typeof kinds)[number]);

test('whatever two sources and a person send, the roster and its history are what the rules say', async () => {
  const db = await testDb();
  const other = newId();
  await db.query(
    sql`insert into users (roster_id, sourced_id, given_name) values (${other}, 'a', 'of another roster')`,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(stepOf, { minLength: 3, maxLength: 6 }), async (steps) => {
      const rosterId = newId();
      const sources = [newId(), newId()];
      const model: Model = { records: new Map(), events: [] };
      for (const each of steps) {
        await step(db, rosterId, sources, model, each);
        await assertSame(db, rosterId, model);
      }
      await assertHistory(db, rosterId, model);
    }),
    { numRuns: 25, interruptAfterTimeLimit: 60_000 },
  );
  assert.equal((await recordOf(db, other, 'users', 'a'))?.fields.givenName, 'of another roster');
});
