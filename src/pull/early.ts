/** Looks at rows while the server is asked for more, so that little is left to be done when everything has been read. */
import { type CollectionName, collections } from '../core/rest/collections.ts';
import type { Kind } from '../core/tables.ts';
import type { PageRow } from '../db/pulls.ts';
import { gatheringOf, type PagesOf, pagesOfKind } from './deliver.ts';
import { Gaps } from './gaps.ts';
import { type Gathered, type Gathering, openGathering } from './gathered.ts';
import type { PullPlan } from './plan.ts';

export type Early = {
  gaps: Gaps;
  /** The rows of a page that is durable. @param total as many as the server says that there are. */
  kept(name: CollectionName, storeKey: string, rows: Buffer, total: number | null): void;
  /** A collection has been read. @param pages all that are known. */
  read(name: CollectionName, pages: () => Promise<readonly PageRow[]>): Promise<void>;
  /** Pages were forgotten: all of them have to be looked at again. */
  giveUp(): void;
  /** By kind, in their order; undefined when these are not the pages that were seen. */
  all(pages: readonly PageRow[]): Gathered[] | undefined;
};

/** Room is made at once for no more rows than this, whatever a server says that it has. */
const believedRows = 2 ** 20;

/** For a pull of which nothing is stored yet. */
export function openEarly(plan: PullPlan, deps: Omit<PagesOf, 'pages'>): Early {
  const gaps = new Gaps();
  const kinds = [...new Set(plan.collections.map((name) => collections[name].kind))];
  const gatherings = new Map<Kind, Gathering>();
  const gathered = new Map<Kind, Gathered>();
  const unread = new Set<CollectionName>(plan.collections);
  const seen = new Map<string, string[]>(plan.collections.map((name) => [name, []]));
  let isOff = false;
  return {
    gaps,
    kept(name, storeKey, rows, total) {
      if (isOff || rows.length === 0) return;
      const { kind } = collections[name];
      const gathering = gatherings.get(kind) ?? openGathering(gatheringOf(kind, plan, gaps));
      gatherings.set(kind, gathering);
      gathering.add(rows, Math.min(total ?? 0, believedRows));
      seen.get(name)?.push(storeKey);
    },
    async read(name, pages) {
      unread.delete(name);
      const { kind } = collections[name];
      if (isOff || [...unread].some((each) => collections[each].kind === kind)) return;
      const gathering = gatherings.get(kind) ?? openGathering(gatheringOf(kind, plan, gaps));
      const rows = await gathering.finish(pagesOfKind(kind, { ...deps, pages: await pages() }));
      gathered.set(kind, rows);
      if (plan.scope === 'full') gaps.know(rows);
    },
    giveUp() {
      isOff = true;
      gatherings.clear();
      gathered.clear();
    },
    all(pages) {
      const own = new Map<string, string[]>(plan.collections.map((name) => [name, []]));
      for (const { collection, storeKey, rows } of pages) if (rows > 0) own.get(collection)?.push(storeKey);
      const isSame = [...own].every(([name, keys]) => keys.join() === seen.get(name)?.join());
      return isSame && !isOff && unread.size === 0 ? kinds.map((kind) => gathered.get(kind) as Gathered) : undefined;
    },
  };
}
