/** Fits the pages about findings to where they are kept. */
import type { Pool } from '../db/db.ts';
import { checkedBefore, findFindings, firstNew, newsSince } from '../db/findings.ts';
import { syncById } from '../db/syncs.ts';
import type { HttpDeps } from '../http/deps.ts';

export function findingDeps(db: Pool): Pick<HttpDeps, 'findFindings' | 'findingNews' | 'firstNewFindings'> {
  return {
    async findFindings(syncId, filter, page) {
      const sync = await syncById(db, syncId);
      if (!sync) return { total: 0, rows: [] };
      const before = filter.onlyNew ? await checkedBefore(db, sync) : undefined;
      return findFindings(db, { id: sync.id, rosterId: sync.rosterId, before }, filter, page);
    },
    async firstNewFindings(syncId, rules, each) {
      const sync = await syncById(db, syncId);
      const before = sync?.delivery ? await checkedBefore(db, sync) : undefined;
      return sync && before ? firstNew(db, sync, before, rules, each) : [];
    },
    async findingNews(syncId) {
      const sync = await syncById(db, syncId);
      const before = sync?.delivery ? await checkedBefore(db, sync) : undefined;
      if (!sync || !before) return null;
      const { id, number, receivedAt: at } = before;
      const news = await newsSince(db, sync, before);
      // What could not be read may still have every fault of the delivery before.
      return { since: { id, number, at }, ...news, fixed: sync.state === 'rejected' ? [] : news.fixed };
    },
  };
}
