/** What can happen in a history of the model test, drawn by chance and told in words. */

import fc from 'fast-check';
import { byHandOnly, idsOf, kinds, type ModelKind, others, usual } from './district.ts';

/**
 * What is out of the ordinary in a row: a cell that must be filled is blank or wrong, a reference leads to nothing, the
 * row is there twice, it says no id, or it says that it has ended although the file is complete.
 */
export type Fault = 'blank' | 'no target' | 'twice' | 'no id' | 'ended';
export type Row = { id: string; variant: number; ended?: boolean; fault?: Fault };
export type File = { mode: 'bulk' | 'delta'; rows: Row[] };
export type Sent = Partial<Record<ModelKind, File>>;

export type Mode = 'active' | 'paused' | 'dry run' | 'additions only';
export type Choice = 'apply all' | 'apply additions and updates' | 'discard';
export type Step =
  | { does: 'send'; source: number; files: Sent }
  | { does: 'send rubbish'; source: number }
  | { does: 'decide'; choice: Choice; which: number }
  | { does: 'mode'; source: number; mode: Mode }
  | { does: 'add' | 'edit'; kind: ModelKind; id: string; variant: number }
  | { does: 'archive' | 'reactivate' | 'release' | 'hand back'; kind: ModelKind; id: string }
  | { does: 'roll back'; which: number; back: boolean }
  | { does: 'reset the year'; variant: 'literacy' | 'math' }
  | { does: 'days pass'; days: number }
  | { does: 'hold only removals'; source: number; on: boolean }
  /** Days from today; both belong to it. */
  | { does: 'window'; source: number; mode: Mode; from: number; to: number }
  | { does: 'limit'; source: number; limit: Limit; value: number; forDays: number | null };
/** How many removals, or which share of rows that are left out, are unusual. */
export type Limit = 'removed' | 'leftOut';

/** `strict`: two removals of a kind, or of a school within one, are enough for the guard. */
export type History = { trustFirst: boolean; strict: boolean; steps: Step[] };

const source = fc.constantFrom(0, 0, 0, 1);
const variant = fc.constantFrom(0, 0, 1, 2);
const kind = fc.constantFrom<ModelKind>('orgs', 'classes', 'users', 'users', 'enrollments', 'enrollments', 'courses', 'demographics', 'academicSessions'); // biome-ignore format: weights
const idIn = (of: ModelKind) => fc.constantFrom(...idsOf(of));

/** A complete file is the usual one, but for a few rows that are gone, changed, faulty, or new. */
type Edit = { id: string; does: 'drop' | 'vary' | 'add' | Fault; variant: number };
const editOf = (of: ModelKind): fc.Arbitrary<Edit> =>
  fc.record({
    id: idIn(of),
    does: fc.constantFrom(
      'drop',
      'drop',
      'vary',
      'vary',
      'add',
      'add',
      'blank',
      'no target',
      'twice',
      'no id',
      'ended',
    ),
    variant: fc.constantFrom(1, 2),
  });

function bulkOf(from: number, of: ModelKind): fc.Arbitrary<File> {
  const edits = fc.oneof(
    { weight: 6, arbitrary: fc.constant<Edit[]>([]) },
    { weight: 6, arbitrary: fc.array(editOf(of), { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constant<Edit[]>((usual[from] as (typeof usual)[number])[of].map((id) => ({ id, does: 'drop', variant: 0 }))) },
  ); // biome-ignore format: weights
  const ids = (usual[from] as (typeof usual)[number])[of];
  if (of !== 'users') return edits.map((list) => ({ mode: 'bulk', rows: edited(ids, list) }));
  // A newcomer, whom people may have added already.
  const comes = fc.constantFrom([], [], [], ['P7'], ['P8']);
  return fc.tuple(edits, comes).map(([list, more]) => ({ mode: 'bulk', rows: edited([...ids, ...more], list) }));
}

function edited(ids: readonly string[], edits: readonly Edit[]): Row[] {
  const rows: Row[] = ids.map((id) => ({ id, variant: 0 }));
  for (const { id, does, variant } of edits) {
    const at = rows.findIndex((row) => row.id === id);
    const row = rows[at];
    if (does === 'drop') {
      if (at >= 0) rows.splice(at, 1);
    } else if (does === 'add') {
      if (!row) rows.push({ id, variant });
    } else if (row) {
      row.variant = variant;
      if (does !== 'vary') row.fault = does;
    }
  }
  return rows;
}

const deltaOf = (of: ModelKind): fc.Arbitrary<File> =>
  fc
    .uniqueArray(
      fc.record(
        {
          id: idIn(of),
          variant,
          ended: fc.boolean(),
          fault: fc.constantFrom<Fault>('blank', 'no target', 'twice', 'no id'),
        },
        { requiredKeys: ['id', 'variant'] },
      ),
      { selector: ({ id }) => id, minLength: 1, maxLength: 3 },
    )
    .map((rows) => ({ mode: 'delta', rows }));

const complete = (from: number): fc.Arbitrary<Sent> =>
  fc.record(Object.fromEntries(kinds.map((of) => [of, bulkOf(from, of)])) as Record<ModelKind, fc.Arbitrary<File>>);
const partial = (from: number): fc.Arbitrary<Sent> =>
  fc.record(
    Object.fromEntries(kinds.map((of) => [of, fc.oneof(bulkOf(from, of), bulkOf(from, of), deltaOf(of))])) as Record<ModelKind, fc.Arbitrary<File>>,
    { requiredKeys: [] },
  ); // biome-ignore format: readable
const changes = (): fc.Arbitrary<Sent> =>
  fc.record(Object.fromEntries(kinds.map((of) => [of, deltaOf(of)])) as Record<ModelKind, fc.Arbitrary<File>>, { requiredKeys: [] }); // biome-ignore format: readable

const sendOf = source.chain((from) =>
  fc
    .oneof(
      { weight: 5, arbitrary: complete(from) },
      { weight: 2, arbitrary: partial(from) },
      { weight: 3, arbitrary: changes() },
    )
    .map((files): Step => ({ does: 'send', source: from, files })),
);
const byHand = kind.chain((of) => {
  const id = fc.oneof(fc.constantFrom(...others[of]), idIn(of));
  return fc.oneof(
    fc.record({
      does: fc.constantFrom('add' as const, 'add' as const, 'edit' as const),
      kind: fc.constant(of),
      id,
      variant,
    }),
    fc.record({
      does: fc.constantFrom('archive' as const, 'reactivate' as const, 'release' as const, 'hand back' as const),
      kind: fc.constant(of),
      id,
    }),
  );
});

const aheadOfTheSis: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom(...byHandOnly), fc.constantFrom('add', 'add', 'add', 'edit', 'archive'), variant)
  .map(([which, does, variant]): Step => {
    if (does === 'archive') return { ...which, does };
    return { ...which, does: does as 'add' | 'edit', variant };
  });

const modes = fc.constantFrom<Mode>('active', 'paused', 'dry run', 'additions only');

const windowOf: fc.Arbitrary<Step> = fc
  .record({ source, mode: modes, from: fc.constantFrom(0, 0, 0, 1, 10), days: fc.constantFrom(1, 10, 20, 50) })
  .map(({ source, mode, from, days }) => ({ does: 'window', source, mode, from, to: from + days - 1 }));

/** For some days, or, without, from now on. */
const limitOf: fc.Arbitrary<Step> = fc
  .record({
    source,
    set: fc.constantFrom<[Limit, number]>(['removed', 1], ['removed', 2], ['removed', 4], ['removed', 100], ['leftOut', 0], ['leftOut', 0.3], ['leftOut', 1]), // biome-ignore format: one line each
    forDays: fc.constantFrom(0, 1, 20, 50, null),
  })
  .map(({ source, set: [limit, value], forDays }) => ({ does: 'limit', source, limit, value, forDays }));

const stepOf: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: sendOf },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('decide' as const), choice: fc.constantFrom<Choice>('apply all', 'apply all', 'apply additions and updates', 'discard'), which: fc.nat(3) }) }, // biome-ignore format: one line each
  { weight: 7, arbitrary: byHand },
  { weight: 5, arbitrary: aheadOfTheSis },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('send rubbish' as const), source }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('mode' as const), source, mode: fc.constantFrom<Mode>('active', 'active', 'paused', 'dry run', 'additions only') }) }, // biome-ignore format: one line each
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('roll back' as const), which: fc.nat(3), back: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('reset the year' as const),
      variant: fc.constantFrom('literacy' as const, 'math' as const),
    }),
  },
  // Archived records are kept for 90 days.
  { weight: 4, arbitrary: fc.record({ does: fc.constant('days pass' as const), days: fc.constantFrom(1, 10, 20, 40, 60, 91) }) }, // biome-ignore format: one line each
  { weight: 3, arbitrary: windowOf },
  { weight: 3, arbitrary: limitOf },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('hold only removals' as const),
      source,
      on: fc.constantFrom(true, true, false),
    }),
  },
);

const asUsual: Step = {
  does: 'send',
  source: 0,
  files: Object.fromEntries(
    kinds.map((of) => [of, { mode: 'bulk', rows: (usual[0] as (typeof usual)[number])[of].map((id) => ({ id, variant: 0 })) }]),
  ),
}; // biome-ignore format: readable

/** P7 or P8 comes from the SIS, alone or in a complete file, with demographics and an enrollment or without; or S3 does. */
const newcomer: fc.Arbitrary<Step> = fc
  .record({
    source,
    isAlone: fc.boolean(),
    id: fc.constantFrom('P7', 'P8', 'P7', 'P8', 'S3'),
    variant,
    more: fc.subarray<ModelKind>(['demographics', 'enrollments']),
  })
  .map(({ source, isAlone, id, variant, more }): Step => {
    const rowsOf = (of: ModelKind, id: string) => {
      const before = isAlone ? [] : (usual[source] as (typeof usual)[number])[of].map((each) => ({ id: each, variant: 0 }));
      return { mode: isAlone ? ('delta' as const) : ('bulk' as const), rows: [...before, { id, variant }] };
    }; // biome-ignore format: readable
    if (id === 'S3') return { does: 'send', source, files: { orgs: rowsOf('orgs', id) } };
    const files: Sent = { users: rowsOf('users', id) };
    for (const of of more) files[of] = rowsOf(of, of === 'demographics' ? id : `E-${id}-K1`);
    return { does: 'send', source, files };
  });

/** A pupil whom people keep is sent under another id: the SIS has begun anew with them. */
const begunAnew: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.record({ more: fc.subarray<ModelKind>(['demographics', 'enrollments']), isKept: fc.boolean() }),
    newcomer,
    fc.array(fc.oneof(newcomer, fc.constant(asUsual)), { maxLength: 3 }),
  )
  .map(([{ more, isKept }, comes, after]) => {
    const files: Sent = { users: { mode: 'delta', rows: [{ id: 'P7', variant: 2 }] } };
    for (const of of more) files[of] = { mode: 'delta', rows: [{ id: of === 'demographics' ? 'P7' : 'E-P7-K1', variant: 0 }] };
    const kept: Step[] = isKept ? [{ does: 'release', kind: 'users', id: 'P7' }] : [];
    return [asUsual, { does: 'send', source: 0, files }, ...kept, comes, ...after];
  }); // biome-ignore format: readable

const steps = (minLength: number, maxLength: number) => fc.array(stepOf, { minLength, maxLength });

/** A person adds a pupil before the SIS sends them: by chance alone that would hardly ever come about. */
const takenOver: fc.Arbitrary<Step[]> = fc
  .tuple(fc.subarray([...byHandOnly], { minLength: 1 }), steps(0, 2), newcomer, steps(1, 6))
  .map(([added, meanwhile, comes, after]) => [
    asUsual,
    ...added.map((which): Step => ({ does: 'add', ...which, variant: 0 })),
    ...meanwhile,
    comes,
    ...after,
  ]); // biome-ignore format: readable

export const historyOf: fc.Arbitrary<History> = fc.record({
  trustFirst: fc.constantFrom(true, true, true, false),
  strict: fc.boolean(),
  steps: fc.oneof(
    { weight: 6, arbitrary: steps(4, 12) },
    { weight: 1, arbitrary: takenOver },
    { weight: 1, arbitrary: begunAnew },
  ),
});

const names = ['A', 'B'];

/** One line a step. */
export function told({ trustFirst, strict, steps }: History): string {
  const lines = steps.map((step, index) => `  ${index + 1}. ${tellStep(step)}`);
  const set = `${trustFirst ? '' : '  (first deliveries wait for a person)\n'}${strict ? '  (two removals are held)\n' : ''}`;
  return `\n${set}${lines.join('\n')}\n`;
}

export function tellStep(step: Step): string {
  if (step.does === 'send') return `${names[step.source]} sends ${tellFiles(step.source, step.files)}`;
  if (step.does === 'send rubbish') return `${names[step.source]} sends what is no zip`;
  if (step.does === 'decide') return `a person decides about held sync ${step.which} from the front: ${step.choice}`;
  if (step.does === 'mode') return `${names[step.source]} is set to ${step.mode}`;
  if (step.does === 'roll back')
    return step.back
      ? `back to how it was before applied sync ${step.which} from the end`
      : `roll back applied sync ${step.which} from the end`;
  if (step.does === 'reset the year') return `the roster is reset for the next school year (${step.variant})`;
  if (step.does === 'days pass') return `${step.days} days pass`;
  if (step.does === 'window')
    return `the calendar of ${names[step.source]}: ${step.mode} from day ${step.from} to day ${step.to} from now`;
  if (step.does === 'limit') {
    const until = step.forDays === null ? 'from now on' : `for ${step.forDays} days`;
    return `of ${names[step.source]}, ${step.limit} records are unusual from ${step.value}, ${until}`;
  }
  if (step.does === 'hold only removals')
    return `of ${names[step.source]}, ${step.on ? 'removals are held by themselves' : 'everything is held with its removals'}`;
  const more = 'variant' in step && step.variant > 0 ? `, variant ${step.variant}` : '';
  return `a person: ${step.does} ${step.kind} ${step.id}${more}`;
}

function tellFiles(source: number, files: Sent): string {
  const parts = (Object.entries(files) as [ModelKind, File][]).map(([of, { mode, rows }]) => {
    if (mode === 'delta') return `changes of ${of}: ${rows.map(tellRow).join(', ') || 'none'}`;
    const usualIds = (usual[source] as (typeof usual)[number])[of];
    const gone = usualIds.filter((id) => !rows.some((row) => row.id === id)).map((id) => `without ${id}`);
    const odd = rows.filter((row) => row.variant > 0 || row.fault || !usualIds.includes(row.id)).map(tellRow);
    return `all ${of}${gone.length + odd.length > 0 ? ` (${[...gone, ...odd].join(', ')})` : ''}`;
  });
  return parts.join('; ') || 'nothing but a manifest';
}

const tellRow = ({ id, variant, ended, fault }: Row): string =>
  `${id}${variant > 0 ? ` variant ${variant}` : ''}${ended ? ' ended' : ''}${fault ? ` (${fault})` : ''}`;
