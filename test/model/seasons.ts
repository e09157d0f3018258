/** What time does to the roster in memory: the school-year reset, and the end of what was archived long ago. */

import { kinds, type ModelKind, references } from './district.ts';
import { type Held, idOf, keyOf, kindOf } from './roster.ts';

type Records = ReadonlyMap<string, Held>;

/** Sources' pupils move on by a grade (Literacy), or leave (Math); classes, and what hangs on those who leave, leave too. */
export function afterReset(records: Records, variant: 'literacy' | 'math', archived: (held: Held) => Held) {
  const result = new Map<string, Held>();
  const managed = [...records].filter(([, held]) => held.status === 'active' && held.owner !== 'manual');
  for (const [key, held] of managed) {
    const { role, grades = '' } = held.fields;
    if (kindOf(key) !== 'users' || role !== 'student') continue;
    const next = nextGrade(grades);
    if (variant === 'math' || next === null) result.set(key, archived(held));
    else if (next !== grades) result.set(key, { ...held, fields: { ...held.fields, grades: next } });
  }
  const leaves = (of: ModelKind, id = '') => result.get(keyOf(of, id))?.status === 'tobedeleted';
  const leave = (of: ModelKind, isGone: (fields: Record<string, string>) => boolean) => {
    for (const [key, held] of managed) if (kindOf(key) === of && isGone(held.fields)) result.set(key, archived(held));
  };
  leave('classes', () => true);
  leave('enrollments', (row) => leaves('classes', row.classSourcedId) || leaves('users', row.userSourcedId));
  leave('demographics', (row) => leaves('users', row.sourcedId));
  return result;
}

const ladder = ['KG', '01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12'];

/** The grade after one; null after the last, itself where nothing is known to follow. */
function nextGrade(grade: string): string | null {
  const at = ladder.indexOf(grade);
  return at < 0 ? grade : (ladder[at + 1] ?? null);
}

/** What is purged, in this order: archived, old, and referred to by nothing that is still there, active or archived. */
export function purged(records: Records, isOld: (held: Held) => boolean): string[] {
  const left = new Map(records);
  const gone: string[] = [];
  for (const kind of kinds.toReversed()) {
    const old = [...left].filter(([key, held]) => kindOf(key) === kind && held.status === 'tobedeleted' && isOld(held));
    const going = old.map(([key]) => key).filter((key) => !isReferredTo(left, key));
    for (const key of going) left.delete(key);
    gone.push(...going);
  }
  return gone;
}

function isReferredTo(records: Records, key: string): boolean {
  return [...records].some(([from, { fields }]) =>
    references[kindOf(from)].some(
      ({ field, to }) => to === kindOf(key) && (fields[field] ?? '').split(',').includes(idOf(key)),
    ),
  );
}
