/** What alerts and events are told of a source or a sync: names of district and product, ids, counts. */
import type { About } from '../alert/alerts.ts';
import type { SourceRow } from '../db/districts.ts';
import type { SyncRow } from '../db/queries.ts';
import { countsMade } from './decide.ts';

export const aboutSource = ({ id, district, product }: Pick<SourceRow, 'id' | 'district' | 'product'>): About => ({
  subject: `source:${id}`,
  district,
  product,
  source: { id },
});

export const aboutSync = (sync: SyncRow): About => ({
  ...aboutSource({ id: sync.sourceId, district: sync.district, product: sync.product }),
  sync: {
    id: sync.id,
    number: sync.number,
    state: sync.state,
    counts: countsMade(sync),
    findings: sync.findingCounts ?? {},
  },
});
