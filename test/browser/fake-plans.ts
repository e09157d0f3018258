/** Invented changes of a held sync, for screens and routes that show them. */
import { difference, type RecordChange } from '../../src/core/changes.ts';
import { Refusal } from '../../src/core/refusal.ts';
import type { PlanDeps } from '../../src/http/deps.ts';

/** 120 pupils who leave, and one whose name begins like a formula. */
export function fakePlans(): PlanDeps {
  const user = (n: number) => ({ sourcedId: `U${n}`, givenName: `Kim${n}`, familyName: 'Stone', role: 'student' });
  const changes: RecordChange[] = Array.from({ length: 120 }, (_, n) => {
    const before = { ...user(n), status: 'active' };
    const after = { ...before, status: 'tobedeleted' };
    return {
      kind: 'users',
      sourcedId: before.sourcedId,
      action: 'archive',
      before,
      after,
      changed: difference(before, after),
    };
  });
  const [before, after] = [
    { ...user(200), status: 'active' },
    { ...user(200), givenName: '=1+1', status: 'active' },
  ];
  changes.push({
    kind: 'users',
    sourcedId: 'U200',
    action: 'update',
    before,
    after,
    changed: difference(before, after),
  });
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
