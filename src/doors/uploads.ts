/** Fits sending a delivery from the console to the desk that takes its pieces and the inbox that keeps it. */
import { Refusal } from '../core/refusal.ts';
import { audit } from '../db/audit.ts';
import type { Db } from '../db/db.ts';
import { type SourceRow, sourceById } from '../db/districts.ts';
import type { UploadDeps } from '../http/upload-deps.ts';
import { type Actor, isVendor } from '../people/deps.ts';
import { notFound, refuseViewer } from '../people/rights.ts';
import type { Inbox } from '../sync/inbox.ts';
import type { UploadDesk } from '../sync/uploads.ts';

type Signed = Exclude<Actor, 'command line'>;

export function httpUploads(given: { db: Db; inbox: Inbox; uploads: UploadDesk; fileLimitBytes: number }): UploadDeps {
  const { db, inbox, uploads, fileLimitBytes } = given;
  const by = ({ id: accountId }: Signed, sourceId: string) => ({ accountId, sourceId });
  return {
    limitBytes: fileLimitBytes,
    async begin(actor, sourceId, files) {
      await takingSource(db, actor, sourceId);
      return uploads.begin(by(actor, sourceId), files);
    },
    async add(actor, { sourceId, upload }, piece) {
      return uploads.add(by(actor, sourceId), upload, piece);
    },
    async finish(actor, { sourceId, upload }, { name, isTest }) {
      // Rights and source may have changed while it came.
      const source = await takingSource(db, actor, sourceId);
      const { id: accountId, address } = actor;
      return uploads.finish(by(actor, sourceId), upload, async ({ files }) => {
        const [first, ...more] = files;
        const what = first && more.length === 0 ? first : { name, files };
        const { delivery, sync } = await inbox.receive({ source, ...what, accountId, address, dryRun: isTest });
        await audit(db, { accountId, address, act: isTest ? 'delivery tried' : 'delivery put', object: delivery.id });
        return { sync: sync.id, number: sync.number };
      });
    },
    cancel: (actor, { sourceId, upload }) => uploads.cancel(by(actor, sourceId), upload),
  };
}

/** @throws Refusal `not-found`, `not-allowed`, `source-pulls` */
async function takingSource(db: Db, actor: Signed, id: string): Promise<SourceRow> {
  const source = await sourceById(db, id);
  if (!source || (!isVendor(actor) && source.district.id !== actor.districtId)) throw notFound('source');
  refuseViewer(actor);
  if (source.kind === 'pull') {
    throw new Refusal('source-pulls', 409, 'This source fetches its deliveries itself, so none can be sent to it.');
  }
  return source;
}
