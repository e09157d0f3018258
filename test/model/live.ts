/** Lives through a history twice, in the real thing and in memory, and compares after each step. */

import assert from 'node:assert/strict';
import { Refusal } from '../../src/core/refusal.ts';
import { cellsOf, type ModelKind, references } from './district.ts';
import { type History, type Step, tellStep } from './history.ts';
import {
  dangling,
  dayAfter,
  eventsOf,
  newDistrict,
  passDays,
  put,
  type Real,
  type RealDistrict,
  recordsOf,
  syncsOf,
  zipOf,
} from './house.ts';
import { alike } from './meaning.ts';
import { type Held, idOf, keyOf, kindOf, Roster, type Sync } from './roster.ts';
import type { Limits } from './vigilance.ts';

type Pair = { real: Real; place: RealDistrict; model: Roster };

/** @throws AssertionError when the real roster is not what the rules say. */
export async function liveThrough(real: Real, history: History): Promise<void> {
  const place = await newDistrict(real, history.trustFirst);
  const pair: Pair = { real, place, model: new Roster(history.trustFirst) };
  if (history.strict) await beStrict(pair);
  for (const [index, step] of history.steps.entries()) {
    const what = `after step ${index + 1}, ${tellStep(step)}`;
    await doStep(pair, step, what);
    await real.work(place.rosterId);
    await compare(pair, what);
  }
  for (const key of pair.model.records.keys()) {
    const expected = pair.model.events
      .filter((event) => event.key === key)
      .map(({ action, cause }) => `${action} by ${cause}`);
    assert.deepEqual(await eventsOf(real.db, place.rosterId, kindOf(key), idOf(key)), expected, `history of ${key}`);
  }
}

async function beStrict({ real, place, model }: Pair): Promise<void> {
  const changes = { removedAtLeast: 2, schoolRemovedAtLeast: 2 };
  for (const source of ['A', 'B']) await real.acts.setSource({ ...place.which, source, changes });
  for (const care of model.care) care.setLimits({ atLeast: 2 });
}

async function doStep(pair: Pair, step: Step, what: string): Promise<void> {
  const { real, place, model } = pair;
  const { acts } = real;
  if (step.does === 'send') {
    await put(real, place, step.source, zipOf(step.files));
    model.receive(step.source, step.files);
  } else if (step.does === 'send rubbish') {
    await put(real, place, step.source, Buffer.from('PK\u0003\u0004 this is cut off'));
    model.receive(step.source, undefined);
  } else if (step.does === 'mode') {
    await acts.setSource({ ...place.which, source: nameOf(step), changes: { mode: step.mode } });
    model.careOf(step.source).mode = step.mode;
    model.work();
  } else if (step.does === 'decide') await decide(pair, step, what);
  else if (step.does === 'roll back') await rollBack(pair, step, what);
  else if (step.does === 'reset the year') await reset(pair, step.variant, what);
  else if (step.does === 'hold only removals') {
    await acts.setSource({ ...place.which, source: nameOf(step), changes: { holdOnlyRemovals: step.on } });
    model.careOf(step.source).holdsOnlyRemovals = step.on;
  } else if (step.does === 'window') await addWindow(pair, step, what);
  else if (step.does === 'limit') await setLimit(pair, step);
  else if (step.does === 'days pass') {
    await passDays(real.db, place.rosterId, step.days);
    model.passDays(step.days);
  } else await byHand(pair, step, what);
}

const nameOf = ({ source }: { source: number }): string => (source === 0 ? 'A' : 'B');

async function addWindow({ real, place, model }: Pair, step: Step & { does: 'window' }, what: string): Promise<void> {
  const { mode } = step;
  const window = { from: model.today + step.from, to: model.today + step.to, mode };
  const care = model.careOf(step.source);
  const written = `${dayAfter(place.today, step.from)}..${dayAfter(place.today, step.to)} ${mode}`;
  const act = () => real.acts.setSource({ ...place.which, source: nameOf(step), changes: {}, addWindows: [written] });
  assert.equal(await granted(act), care.isFree(window), `whether the calendar has room ${what}`);
  if (!care.isFree(window)) return;
  care.windows.push(window);
  model.work();
}

async function setLimit({ real, place, model }: Pair, step: Step & { does: 'limit' }): Promise<void> {
  const { limit, value, forDays } = step;
  const names = limit === 'removed' ? ['removedAtLeast', 'schoolRemovedAtLeast'] : ['leftOutShare'];
  const changes = Object.fromEntries(names.map((name) => [name, value]));
  const until = forDays === null ? {} : { until: dayAfter(place.today, forDays), why: 'A school closes' };
  await real.acts.setSource({ ...place.which, source: nameOf(step), changes, ...until });
  const limits: Partial<Limits> = limit === 'removed' ? { atLeast: value } : { leftOutShare: value };
  const care = model.careOf(step.source);
  if (forDays === null) care.setLimits(limits);
  else care.forATime.push({ until: model.today + forDays, limits });
}

async function decide({ real, place, model }: Pair, step: Step & { does: 'decide' }, what: string): Promise<void> {
  const held = model.syncs.filter(({ state }) => state === 'held');
  const sync = held[step.which % Math.max(1, held.length)];
  if (!sync) return;
  const id = await realId(real, place, sync);
  const done = await granted(() => real.acts.decide({ sync: id, choice: step.choice }));
  assert.equal(done, model.mayDecide(sync, step.choice), `whether it may be decided ${what}`);
  if (done) model.decide(sync, step.choice);
}

async function rollBack({ real, place, model }: Pair, step: Step & { does: 'roll back' }, what: string): Promise<void> {
  const done = model.syncs.filter(({ state }) => state === 'applied' || state === 'rolled back');
  const sync = done[done.length - 1 - (step.which % Math.max(1, done.length))];
  if (!sync) return;
  const may =
    (step.back || sync.state === 'applied') && model.undoing({ number: sync.number, back: step.back }).size > 0;
  const id = await realId(real, place, sync);
  assert.equal(await granted(() => real.acts.rollback({ sync: id, back: step.back })), may, `whether it may be rolled back ${what}`); // biome-ignore format: one line is easier to read
  if (may) model.rollBack(sync, step.back);
}

async function reset({ real, place, model }: Pair, variant: 'literacy' | 'math', what: string): Promise<void> {
  const may = model.resetting(variant).size > 0;
  const done = await granted(async () => {
    const { counts } = await real.acts.previewReset({ ...place.which, variant });
    await real.acts.resetYear({ ...place.which, variant, counts });
  });
  assert.equal(done, may, `whether there is something to reset ${what}`);
  if (may) model.reset(variant);
}

async function realId({ db }: Real, { rosterId }: RealDistrict, { number }: Sync): Promise<string> {
  return (await syncsOf(db, rosterId)).find((each) => each.number === number)?.id as string;
}

/** False when it was refused in words; any other failure is one. */
async function granted(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

type ByHand = Extract<Step, { kind: ModelKind }>;

async function byHand({ real, place, model }: Pair, step: ByHand, what: string): Promise<void> {
  const { kind, id } = step;
  const key = keyOf(kind, id);
  const set = 'variant' in step ? cellsOf(kind, id, step.variant) : undefined;
  const after = outcomeOf(model, step, set);
  const which = { ...place.which, kind, sourcedId: id };
  const { acts } = real;
  const act = {
    add: () => acts.addRecord({ ...which, set: set ?? {} }),
    edit: () => acts.editRecord({ ...which, set: set ?? {} }),
    archive: () => acts.archiveRecord(which),
    reactivate: () => acts.reactivateRecord(which),
    release: () => acts.releaseRecord(which),
    'hand back': () => acts.handBackRecord(which),
  }[step.does];
  assert.equal(await granted(act), after !== undefined, `whether a person may ${what}`);
  if (after) model.person(key, { add: 'create', edit: 'update' }[step.does as 'add'] ?? step.does, after);
}

/** What an act by hand makes of a record; undefined when a person may not. */
function outcomeOf(
  model: Roster,
  { does, kind, id }: ByHand,
  set: Record<string, string> | undefined,
): Held | undefined {
  const held = model.records.get(keyOf(kind, id));
  if (does === 'add') {
    const fields = set as Record<string, string>;
    return held ||
      model.formerIds.has(keyOf(kind, id)) ||
      !leadSomewhere(model, kind, fields) ||
      alike(model.records, kind, fields).length > 0
      ? undefined
      : { fields, status: 'active', owner: 'manual', releasedFrom: null };
  }
  if (!held) return undefined;
  if (does === 'hand back') return held.releasedFrom === null ? undefined : { ...held, releasedFrom: null };
  if (does === 'release')
    return held.owner === 'manual' ? undefined : { ...held, owner: 'manual', releasedFrom: held.owner };
  if (held.owner !== 'manual') return undefined;
  if (does === 'reactivate')
    return held.status === 'tobedeleted' && leadSomewhere(model, kind, held.fields)
      ? { ...held, status: 'active' }
      : undefined;
  if (held.status !== 'active') return undefined;
  if (does === 'archive') return isNeeded(model, kind, id) ? undefined : { ...held, status: 'tobedeleted' };
  const fields = { ...held.fields, ...set };
  const isFree = alike(model.records, kind, fields).length === 0;
  return isFree && leadSomewhere(model, kind, fields) ? { ...held, fields } : undefined;
}

/** Each reference of a manual record leads to an active record of the right type. */
function leadSomewhere(model: Roster, kind: ModelKind, fields: Record<string, string>): boolean {
  return references[kind].every(({ field, to, only }) =>
    (fields[field] ?? '').split(',').filter(Boolean).every((id) => {
      const target = model.records.get(keyOf(to, id));
      return target?.status === 'active' && (!only || target.fields.type === only) && (to !== kind || id !== fields.sourcedId);
    }),
  ); // biome-ignore format: readable
}

/** An active record cannot be without this one. */
function isNeeded(model: Roster, kind: ModelKind, id: string): boolean {
  return [...model.records].some(
    ([key, held]) =>
      held.status === 'active' &&
      references[kindOf(key)].some(
        ({ field, to, required }) => to === kind && required && (held.fields[field] ?? '').split(',').includes(id),
      ),
  );
}

async function compare({ real, place, model }: Pair, what: string): Promise<void> {
  const found = await recordsOf(real.db, place.rosterId);
  const nameOf = (id: string | null) => (id === null ? null : place.sources.indexOf(id));
  const shown = new Map<string, Held>();
  for (const [key, { fields, status, sourceId, releasedFrom, isArchived }] of found) {
    const owner = nameOf(sourceId) ?? 'manual';
    shown.set(key, { fields, status: status as Held['status'], owner, releasedFrom: nameOf(releasedFrom) });
    assert.equal(isArchived, status === 'tobedeleted', `${key} says since when it is archived, ${what}`);
  }
  assert.deepEqual(sorted(shown), sorted(model.records), `the roster ${what}`);
  assert.deepEqual(
    (await syncsOf(real.db, place.rosterId)).map(({ number, state }) => `${number} ${state}`),
    model.syncs.map(({ number, state }) => `${number} ${state}`),
    `the syncs ${what}`,
  );
  assert.deepEqual(await dangling(real.db, place.rosterId), [], `references to nothing ${what}`);
}

const sorted = (records: Map<string, Held>): Record<string, Held> =>
  Object.fromEntries(
    [...records].map(([key, { since: _, ...held }]) => [key, held] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
