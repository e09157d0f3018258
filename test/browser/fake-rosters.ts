/** A roster as a whole, in memory, for the routes: what was asked for, and an answer of each kind. */

import type { ExportFile, RosterDeps, Timeline, TimelineChange, WhyAnswer } from '../../src/http/roster-deps.ts';
import { seenAt } from './fake-records.ts';
import { fakeTimeline } from './fake-roster-pages.ts';

export type FakeRosters = RosterDeps & { asked: Record<string, unknown>[]; files: { closed: boolean }[] };

export function fakeRosters(): FakeRosters {
  const asked: Record<string, unknown>[] = [];
  const files: { closed: boolean }[] = [];
  return {
    asked,
    files,
    async timeline(of): Promise<Timeline> {
      asked.push({ what: 'timeline', ...of });
      const known = fakeTimeline(of);
      if (known) return known;
      const { kind, sourcedId, at } = of;
      const fields = { sourcedId, givenName: 'Ada' };
      const changed = { givenName: { from: 'Ida', to: 'Ada' } };
      const before = { sourcedId, givenName: 'Ida', status: 'active' };
      const change: TimelineChange = {
        kind,
        sourcedId,
        action: 'update',
        before,
        after: { ...before, givenName: 'Ada' },
        changed,
        id: 'change-1',
        at: seenAt,
        syncId: 'sync-4',
        syncNumber: 4,
        cause: 'delivery 4 (night-4.zip, source SFTP)',
      };
      const base = { kind, fields, metadata: {}, status: 'active' as const };
      const owner = { sourceId: 'a', name: 'SFTP' };
      const record = { ...base, sourcedId, dateLastModified: seenAt, owner, released: false, pointsToArchived: [] };
      const then = at === undefined ? null : `${at} (America/Denver)`;
      return { record: then ? null : record, history: [change], more: false, at: then, was: then ? base : null };
    },
    async why(of): Promise<WhyAnswer> {
      asked.push({ what: 'why', ...of });
      const user = { sourcedId: of.user, name: 'Mia Stone', status: 'active' as const };
      const klass = { sourcedId: of.class, name: 'Room 1', status: 'active' as const };
      const sentences = [`Mia Stone (${of.user}) was in Room 1 (${of.class}), and is not any more.`];
      return { user, class: klass, isIn: false, sentences, enrollments: [], latest: [] };
    },
    async exported(of, by): Promise<ExportFile> {
      asked.push({ what: 'export', ...of, ...by });
      const file = { closed: false };
      files.push(file);
      return {
        name: 'roster-1234567-literacy.zip',
        sizeBytes: 5,
        leftOut: 2,
        async *pieces() {
          yield Buffer.from('PK');
          yield Buffer.from('abc');
        },
        async close() {
          file.closed = true;
        },
      };
    },
  };
}
