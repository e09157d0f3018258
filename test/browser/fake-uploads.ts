/** Uploads in memory for the tests of the console: pieces are counted, and what is finished becomes a running sync. */

import { Refusal } from '../../src/core/refusal.ts';
import type { SourceFacts, SyncFacts } from '../../src/http/deps.ts';
import type { UploadDeps } from '../../src/http/upload-deps.ts';
import { named } from './fake-house.ts';

type House = { syncs: Map<string, SyncFacts> };

export function fakeUploads(house: House, sources: SourceFacts[]): UploadDeps {
  const sizes = new Map<string, number[]>();
  const received = new Map<string, number[]>();
  return {
    limitBytes: 2 * 1024 ** 3,
    async begin({ role, districtId }, sourceId, files) {
      const source = sources.find(({ id }) => id === sourceId);
      if (!source || (districtId && source.district.id !== districtId)) throw new Refusal('not-found', 404, 'None.');
      if (role === 'viewer') throw new Refusal('not-allowed', 403, 'Viewers read.');
      const id = `upload-${sizes.size + 1}`;
      sizes.set(
        id,
        files.map(({ sizeBytes }) => sizeBytes),
      );
      received.set(
        id,
        files.map(() => 0),
      );
      return { id };
    },
    async add(_, { upload }, { file, offset, bytes }) {
      const here = received.get(upload);
      if (!here) throw new Refusal('upload-gone', 404, 'This upload is not known any more.');
      here[file] = offset + bytes.length;
      return here[file];
    },
    async finish(_, { sourceId, upload }, { name, isTest }) {
      if (String(sizes.get(upload)) !== String(received.get(upload)))
        throw new Refusal('upload-unfinished', 409, 'Not all of it has arrived.');
      const like = house.syncs.get(named.running) as SyncFacts;
      const source = sources.find(({ id }) => id === sourceId) as SourceFacts;
      const sync = {
        ...like,
        id: `sync-${upload}`,
        number: 16,
        sourceId,
        districtId: source.district.id,
        dryRun: isTest,
      };
      const sizeBytes = (sizes.get(upload) ?? []).reduce((sum, bytes) => sum + bytes, 0);
      house.syncs.set(sync.id, {
        ...sync,
        createdAt: new Date(),
        delivery: { ...(like.delivery as NonNullable<SyncFacts['delivery']>), name, sizeBytes },
      });
      return { sync: sync.id, number: sync.number };
    },
    cancel: async (_, { upload }) => void received.delete(upload),
  };
}
