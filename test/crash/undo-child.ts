/**
 * A process that rolls back and kills itself: `node undo-child.ts '{"data":…,"at":…}'`. It first brings to rest what an
 * earlier process left and prints the roster and the syncs, then rolls the newest sync back and dies at the named moment.
 */

import sql, { raw } from 'sql-template-tag';
import { rosterKinds } from '../../src/core/tables.ts';
import { liveTable } from '../../src/db/roster-sql.ts';
import type { Moment } from '../../src/sync/pipeline.ts';
import { houseOn, put, settled, setUp } from '../sync/district.ts';

export type UndoOrder = {
  data: string;
  /** A new data folder: these are taken in first, and the roster is printed after each. */
  take?: string[];
  /** When to die; without it the newest sync is looked at, and nothing else is done. */
  at?: Moment;
};
export type UndoState = { roster: string; syncs: string[]; stages: number };

const order = JSON.parse(process.argv[2] as string) as UndoOrder;
let armed = false;
const at = (moment: Moment) => {
  if (!armed || moment !== order.at) return undefined;
  process.kill(process.pid, 'SIGKILL');
  return new Promise<void>(() => {});
};
const house = await houseOn(order.data, { at });

async function print(): Promise<void> {
  const rows: unknown[] = [];
  for (const kind of rosterKinds) {
    rows.push(
      await house.db.query(sql`
        select to_jsonb(l) - array['date_last_modified', 'updated_sync', 'archived_at'] as record
        from ${raw(liveTable(kind))} l where status = 'active' order by sourced_id`),
    );
  }
  const syncs = await house.db.query<{ line: string }>(sql`
    select concat_ws(' ', y.number, y.origin, y.state, y.changes, (
      select count(*) from changes c where c.roster_id = y.roster_id and c.sync_id = y.id), (
      select count(*) from applied_syncs a where a.roster_id = y.roster_id and a.sync_id = y.id), (
      select string_agg(p.step, ',' order by p.step) from sync_steps p
      where p.roster_id = y.roster_id and p.sync_id = y.id and p.finished_at is not null)) as line
    from syncs y order by y.number`);
  const [stages] = await house.db.query<{ stages: number }>(sql`
    select count(distinct substr(tablename, 2, 32)) as stages from pg_tables where schemaname = 'stage'`);
  const state: UndoState = {
    roster: JSON.stringify(rows),
    syncs: syncs.map(({ line }) => line),
    stages: stages?.stages ?? 0,
  };
  process.stdout.write(`${JSON.stringify(state)}\n`);
}

if (order.take) await setUp(house);
for (const path of order.take ?? []) {
  await put(house, path);
  await print();
}
const [latest] = await house.acts.history({ limit: 1 });
const sync = latest?.id as string;
if (!order.take) {
  await settled(house, sync);
  await print();
}
if (order.at) {
  const { counts } = await house.acts.previewRollback({ sync });
  armed = true;
  const added = await house.acts.rollback({ sync, counts });
  await settled(house, added.sync);
  await new Promise<void>(() => {});
}
await house.close();
