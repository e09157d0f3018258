/** The roster as it was: every moment of a history, against what was in memory at that moment. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import sql from 'sql-template-tag';
import type { Db } from '../../src/db/db.ts';
import { newId } from '../../src/db/ids.ts';
import { inSnapshot, kindsAt, metadataNamesAt, recordAt, recordsAt } from '../../src/db/roster-at.ts';
import { type Delivery, deliver, type Fields } from '../deliver.ts';
import { testDb } from '../postgres.ts';

const kinds = ['orgs', 'users'] as const;
type Kind = (typeof kinds)[number];
/** Kind and id to fields; archived ones apart. */
type Roster = { active: Map<string, Fields>; archived: Map<string, Fields> };
type Step =
  | { act: 'bulk' | 'delta'; kind: Kind; rows: Fields[] }
  | { act: 'by hand'; kind: Kind; sourcedId: string; name: string }
  | { act: 'purge' };

const filled = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')) as Fields;
const valuesOf = ({ status: _, dateLastModified: __, ...fields }: Fields): Fields => filled(fields as Fields);

/** What a step does to the roster, from the rules alone. */
function replay({ active, archived }: Roster, step: Step): Roster {
  const next = { active: new Map(active), archived: new Map(archived) };
  if (step.act === 'purge') next.archived.clear();
  else if (step.act === 'by hand') {
    const key = `${step.kind}/${step.sourcedId}`;
    if (!active.has(key) && !archived.has(key))
      next.active.set(
        key,
        filled({ sourcedId: step.sourcedId, [step.kind === 'orgs' ? 'name' : 'givenName']: step.name } as Fields),
      );
  } else {
    for (const row of step.rows) {
      const key = `${step.kind}/${row.sourcedId}`;
      if (row.status === 'tobedeleted') {
        const gone = next.active.get(key);
        if (!gone || byHand.has(key)) continue;
        next.active.delete(key);
        next.archived.set(key, gone);
      } else {
        next.archived.delete(key);
        next.active.set(key, valuesOf(row));
        byHand.delete(key);
      }
    }
    if (step.act === 'bulk') {
      const sent = new Set(step.rows.map(({ sourcedId }) => `${step.kind}/${sourcedId}`));
      for (const [key, fields] of active) {
        if (!key.startsWith(`${step.kind}/`) || sent.has(key) || byHand.has(key)) continue;
        next.active.delete(key);
        next.archived.set(key, fields);
      }
    }
  }
  return next;
}
/** Records that no source has sent yet: no delivery removes them. */
const byHand = new Set<string>();

const idOf = fc.constantFrom('a', 'B', 'b', 'c.1', 'é');
const text = fc.constantFrom('', 'x', 'y "q", z', '\t\\N');
const rowOf = (kind: Kind, act: string): fc.Arbitrary<Fields> =>
  fc.record({
    sourcedId: idOf,
    status: act === 'bulk' ? fc.constant('') : fc.constantFrom('active', 'tobedeleted'),
    dateLastModified: act === 'bulk' ? fc.constant('') : fc.constant('2026-01-01T00:00:00.000Z'),
    [kind === 'orgs' ? 'name' : 'givenName']: text,
    'metadata.note': text,
  }) as unknown as fc.Arbitrary<Fields>;
const stepOf: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({ act: fc.constantFrom('bulk' as const, 'delta' as const), kind: fc.constantFrom(...kinds) })
      .chain(({ act, kind }) =>
        fc.record({
          act: fc.constant(act),
          kind: fc.constant(kind),
          rows: fc.uniqueArray(rowOf(kind, act), { selector: (row) => row.sourcedId, maxLength: 5 }),
        }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('by hand' as const),
      kind: fc.constantFrom(...kinds),
      sourcedId: idOf,
      name: text,
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ act: 'purge' }) },
);

async function perform(db: Db, place: { rosterId: string; sourceId: string }, step: Step): Promise<void> {
  if (step.act === 'purge') return purge(db, place.rosterId);
  if (step.act === 'by hand') return addByHand(db, place.rosterId, step);
  const delivery: Delivery = { [step.kind]: { mode: step.act, rows: step.rows } };
  await deliver(db, place, delivery);
}

/** A manual record with its row of history. */
async function addByHand(db: Db, rosterId: string, step: { kind: Kind; sourcedId: string; name: string }) {
  const { kind, sourcedId } = step;
  const name = step.name === '' ? null : step.name;
  const added =
    kind === 'orgs'
      ? sql`insert into orgs (roster_id, sourced_id, name) values (${rosterId}, ${sourcedId}, ${name}) on conflict (roster_id, sourced_id) do nothing returning 1`
      : sql`insert into users (roster_id, sourced_id, given_name) values (${rosterId}, ${sourcedId}, ${name}) on conflict (roster_id, sourced_id) do nothing returning 1`;
  if ((await db.query(added)).length === 0) return;
  byHand.add(`${kind}/${sourcedId}`);
  await db.query(sql`
    insert into changes (roster_id, id, kind, sourced_id, action) values (${rosterId}, ${newId()}, ${kind}, ${sourcedId}, 'create')`);
}

/** Takes archived records out for good; that a sync created one is written down first. */
async function purge(db: Db, rosterId: string): Promise<void> {
  for (const kind of kinds) {
    const table = kind === 'orgs' ? sql`orgs` : sql`users`;
    const gone = await db.query<{
      id: string;
      name: string | null;
      note: unknown;
      sync: string | null;
      at: Date | null;
    }>(sql`
      select l.sourced_id as id, ${kind === 'orgs' ? sql`l.name` : sql`l.given_name`} as name, l.metadata as note, l.created_sync as sync, a.at
      from ${table} l left join applied_syncs a on a.roster_id = l.roster_id and a.sync_id = l.created_sync
      where l.roster_id = ${rosterId} and l.status = 'tobedeleted'`);
    for (const { id, name, note, sync, at } of gone) {
      const field = kind === 'orgs' ? 'name' : 'givenName';
      const before = {
        sourcedId: id,
        ...(name === null ? {} : { [field]: name }),
        status: 'tobedeleted',
        ...(note ? { metadata: note } : {}),
      };
      if (sync !== null)
        await db.query(sql`
          insert into changes (roster_id, id, sync_id, at, kind, sourced_id, action)
          values (${rosterId}, ${newId()}, ${sync}, ${at}, ${kind}, ${id}, 'create')`);
      await db.query(sql`
        insert into changes (roster_id, id, kind, sourced_id, action, before)
        values (${rosterId}, ${newId()}, ${kind}, ${id}, 'purge', ${JSON.stringify(before)}::jsonb)`);
      await db.query(sql`delete from ${table} where roster_id = ${rosterId} and sourced_id = ${id}`);
    }
  }
}

async function readAt(db: Db, rosterId: string, until: Date | null): Promise<Map<string, Fields>> {
  const found = new Map<string, Fields>();
  await inSnapshot(db, async (tx) => {
    for (const kind of kinds) {
      const names = await metadataNamesAt(tx, { rosterId, until }, kind);
      let last: Buffer | undefined;
      for await (const { record, metadata } of recordsAt(tx, { rosterId, until }, kind)) {
        const id = Buffer.from(record.sourcedId);
        assert.ok(last === undefined || Buffer.compare(last, id) < 0, 'in the order of their ids');
        last = id;
        for (const name of Object.keys(metadata)) assert.ok(names.includes(name));
        found.set(`${kind}/${record.sourcedId}`, { ...record, ...metadata });
      }
    }
  });
  return found;
}

const plain = (map: Map<string, Fields>) => Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));

test('every moment of any history can be read again, whatever happened since', async () => {
  const db = await testDb();
  await fc.assert(
    fc.asyncProperty(fc.array(stepOf, { minLength: 2, maxLength: 7 }), async (steps) => {
      byHand.clear();
      const place = { rosterId: newId(), sourceId: newId() };
      const moments: { until: Date; roster: Roster }[] = [];
      let roster: Roster = { active: new Map(), archived: new Map() };
      for (const step of steps) {
        await sleep(3);
        moments.push({ until: new Date(), roster });
        await sleep(3);
        roster = replay(roster, step);
        await perform(db, place, step);
        assert.deepEqual(plain(await readAt(db, place.rosterId, null)), plain(roster.active), 'now');
      }
      for (const { until, roster: then } of moments) {
        const at = { rosterId: place.rosterId, until };
        assert.deepEqual(plain(await readAt(db, place.rosterId, until)), plain(then.active));
        const sent = await inSnapshot(db, (tx) => kindsAt(tx, at));
        assert.deepEqual(
          sent,
          kinds.filter((kind) => [...then.active.keys()].some((key) => key.startsWith(`${kind}/`))),
        );
        for (const kind of kinds) {
          for (const sourcedId of ['a', 'B', 'é']) {
            const key = `${kind}/${sourcedId}`;
            const was = await recordAt(db, at, kind, sourcedId);
            const { status, metadata = {}, ...fields } = was?.values ?? {};
            const expected = then.active.get(key) ?? then.archived.get(key);
            assert.deepEqual(was && { ...fields, ...(metadata as object) }, expected, key);
            if (was) assert.equal(status, then.active.has(key) ? 'active' : 'tobedeleted');
          }
        }
      }
    }),
    { numRuns: 12, interruptAfterTimeLimit: 60_000 },
  );
});
