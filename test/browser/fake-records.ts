/** Records in memory, for the routes: what was asked for, and one roster of each district. */

import { Refusal } from '../../src/core/refusal.ts';
import type { RecordBy, RecordDeps, RecordPlace, RecordView } from '../../src/http/record-deps.ts';

export const seenAt = new Date('2026-01-05T06:00:00.123Z');

/** The roster of a district has the id `roster-` and that of the district. */
export function fakeRecords(): RecordDeps & { asked: Record<string, unknown>[] } {
  const asked: Record<string, unknown>[] = [];
  const record = (sourcedId: string): RecordView => ({
    kind: 'users',
    sourcedId,
    fields: { sourcedId, givenName: 'Ada' },
    metadata: {},
    status: 'active',
    dateLastModified: seenAt,
    owner: sourcedId.startsWith('sis') ? { sourceId: 'a', name: 'SFTP' } : 'manual',
    released: false,
  });
  const ask =
    (act: string) => async (of: Omit<RecordPlace, 'sourcedId'> & { sourcedId?: string; seen?: Date }, by: RecordBy) => {
      if (of.seen && of.seen.getTime() !== seenAt.getTime()) throw new Refusal('record-changed', 409, 'Look again.');
      asked.push({ act, ...of, ...by });
      return { record: record(of.sourcedId ?? 'made'), remarks: ['A remark.'] };
    };
  return {
    asked,
    roster: async (id) => (id.startsWith('roster-') ? { id, districtId: id.slice('roster-'.length) } : undefined),
    read: async ({ sourcedId }) =>
      sourcedId === 'nobody'
        ? undefined
        : { ...record(sourcedId), pointsToArchived: [{ field: 'orgSourcedIds', sourcedId: 'gone' }] },
    add: ask('add'),
    edit: ask('edit'),
    archive: ask('archive'),
    reactivate: ask('reactivate'),
    release: ask('release'),
    handBack: ask('handBack'),
  };
}
