/** Everything that must come out the same whether a process was killed or not: no ids made on the way, no times. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sql, { raw } from 'sql-template-tag';
import { rosterKinds } from '../../src/core/tables.ts';
import { liveTable } from '../../src/db/roster-sql.ts';
import type { House } from '../../src/house.ts';

export type State = Record<string, unknown>;

/** The roster and its history: what becomes true by one transaction. */
export async function rosterOf({ db }: House): Promise<State> {
  const state: State = {};
  for (const kind of rosterKinds) {
    const table = raw(liveTable(kind));
    state[kind] = await db.query(sql`
      select to_jsonb(l) - array['roster_id', 'source_id', 'date_last_modified', 'updated_sync', 'created_sync', 'archived_at', 'released_from'] as record,
        l.archived_at is not null as archived, l.released_from is not null as released, y.number as "updatedBy", s.name as source
      from ${table} l left join syncs y on y.roster_id = l.roster_id and y.id = l.updated_sync
      left join sources s on s.id = l.source_id
      order by l.sourced_id`);
  }
  state.changes = await db.query(sql`
    select y.number, c.kind, c.sourced_id, c.action, c.before - 'dateLastModified' as before
    from changes c left join syncs y on y.roster_id = c.roster_id and y.id = c.sync_id
    order by y.number, c.kind, c.sourced_id, c.action, c.before::text`);
  state.formerIds = await db.query(sql`select kind, former_id, sourced_id from former_ids order by kind, former_id`);
  return state;
}

export async function stateOf(house: House, data: string): Promise<State> {
  const { db } = house;
  const state = await rosterOf(house);
  state.syncs = await db.query(sql`
    select y.number, y.state, d.name, d.sha256, y.format, y.tables, y.plan, y.finding_counts, y.left_out, y.changes,
      y.origin, y.hold, y.fault, y.finished_at is not null as finished
    from syncs y left join deliveries d on d.roster_id = y.roster_id and d.id = y.delivery_id order by y.number`);
  state.steps = await db.query(sql`
    select y.number, p.step, p.finished_at is not null as finished
    from sync_steps p join syncs y on y.roster_id = p.roster_id and y.id = p.sync_id order by y.number, p.step`);
  state.rules = await db.query(sql`
    select y.number, r.rule, r.severity, r.count from sync_rules r
    join syncs y on y.roster_id = r.roster_id and y.id = r.sync_id order by y.number, r.rule`);
  state.findings = await db.query(sql`
    select y.number, f.rule, f.ordinal, f.file, f.line, f.message from sync_findings f
    join syncs y on y.roster_id = f.roster_id and y.id = f.sync_id order by y.number, f.rule, f.ordinal`);
  state.sources = await db.query(sql`select name, needs_full, last_file_name from sources order by name`);
  state.stages = await db.query(sql`select count(*) as count from pg_tables where schemaname = 'stage'`);
  state.reports = await reportsOf(join(data, 'reports'));
  state.work = await readdir(join(data, 'run', 'work'));
  return state;
}

async function reportsOf(folder: string): Promise<Record<string, string>> {
  const reports: Record<string, string> = {};
  for (const source of await readdir(folder)) {
    for (const name of (await readdir(join(folder, source))).sort()) {
      const text = await readFile(join(folder, source, name), 'utf8');
      reports[name.replace(/\d{4}-\d\d-\d\d/, 'DAY')] = text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/, 'THEN');
    }
  }
  return reports;
}
