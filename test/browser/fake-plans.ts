/** Invented changes of a held sync, for screens and routes that show them. */
import { difference, type RecordChange } from '../../src/core/changes.ts';
import { Refusal } from '../../src/core/refusal.ts';
import type { PlanDeps } from '../../src/http/deps.ts';

type Values = NonNullable<RecordChange['before']>;

/** A change from some values to others, either of which may be none. */
function change(
  kind: RecordChange['kind'],
  action: RecordChange['action'],
  from: Values | null,
  to: Values,
): RecordChange {
  const before = from && { ...from, status: 'active' };
  const after = { ...to, status: action === 'archive' ? 'tobedeleted' : 'active' };
  return { kind, sourcedId: to.sourcedId as string, action, before, after, changed: difference(before ?? {}, after) };
}

/** What a delivery does to a few classes and people besides. */
function severalChanges(): RecordChange[] {
  const room = { sourcedId: 'C-12', title: 'Room 12', grades: '03', classType: 'homeroom', schoolSourcedId: 'S2' };
  const gone = (sourcedId: string, title: string) => ({ ...room, sourcedId, title, schoolSourcedId: 'S1' });
  const pupil = { sourcedId: '000451', givenName: 'Mia', familyName: 'Stone', role: 'student', grades: '02' };
  const teacher = { sourcedId: 'T-31', givenName: 'Eva', familyName: 'Ruiz', role: 'teacher', orgSourcedIds: 'S2' };
  return [
    change('classes', 'update', room, { ...room, title: 'Room 12, Ruiz', periods: '1' }),
    change('classes', 'archive', gone('H-1A', 'Room 1'), gone('H-1A', 'Room 1')),
    change('classes', 'archive', gone('H-2A', 'Room 2'), gone('H-2A', 'Room 2')),
    change('users', 'update', pupil, { ...pupil, grades: '03', email: 'mstone@lakeview.example' }),
    change('users', 'create', null, { ...teacher, email: 'eruiz@lakeview.example', username: 'eruiz' }),
  ];
}

/** Some changes of all sorts, 120 pupils who leave, and one whose name begins like a formula. */
export function fakePlans(): PlanDeps {
  const user = (n: number) => ({ sourcedId: `U${n}`, givenName: `Kim${n}`, familyName: 'Stone', role: 'student' });
  const leaving = Array.from({ length: 120 }, (_, n) => change('users', 'archive', user(n), user(n)));
  const renamed = change('users', 'update', user(200), { ...user(200), givenName: '=1+1' });
  const changes = [...severalChanges(), ...leaving, renamed];
  const matching = ({ kind, action, school }: { kind?: string; action?: string; school?: string }) =>
    changes.filter(
      (each) => (!kind || each.kind === kind) && (!action || each.action === action) && (!school || school === 'S1'),
    );
  return {
    bySchool: async () => [
      { kind: 'users', school: 'S1', name: 'Hill Elementary', archive: 120, added: 0, changed: 1, live: 300 },
      { kind: 'classes', school: 'S1', name: 'Hill Elementary', archive: 18, added: 0, changed: 0, live: 18 },
      { kind: 'enrollments', school: 'S1', name: 'Hill Elementary', archive: 412, added: 0, changed: 0, live: 412 },
      {
        kind: 'enrollments',
        school: 'S2',
        name: 'Lakeview Middle School',
        archive: 0,
        added: 31,
        changed: 12,
        live: 980,
      },
      {
        kind: 'enrollments',
        school: 'S3',
        name: 'Northshore School for the Performing and Visual Arts',
        archive: 0,
        added: 9,
        changed: 4,
        live: 611,
      },
    ],
    async changes(_, { after, limit, ...filter }) {
      if (after !== undefined && !after.startsWith('users/')) throw new Refusal('page', 400, 'There is no such page.');
      const all = matching(filter);
      const from = after === undefined ? 0 : all.findIndex(({ sourcedId }) => `users/${sourcedId}` === after) + 1;
      const page = all.slice(from, from + limit);
      const last = from + limit < all.length ? page.at(-1) : undefined;
      return { from: 'plan', outdated: false, changes: page, next: last ? `users/${last.sourcedId}` : null };
    },
    async *all(_, filter) {
      yield matching(filter);
    },
  };
}
