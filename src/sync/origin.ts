/** What a sync that comes from no file is called, wherever it is shown. */

import type { Sync } from '../db/syncs.ts';

/** `Rollback of sync 4`; undefined for a delivery. */
export function originWords({ originDetail }: Pick<Sync, 'originDetail'>): string | undefined {
  if (!originDetail) return undefined;
  if ('variant' in originDetail) return `School-year reset (${originDetail.variant})`;
  const { number, back } = originDetail;
  return back ? `Back to how it was before sync ${number}` : `Rollback of sync ${number}`;
}
