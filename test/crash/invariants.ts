/** What must hold in a data folder at rest, whatever happened to the processes that worked on it. */

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sql, { join as list, raw, type Sql } from 'sql-template-tag';
import { rosterKinds } from '../../src/core/tables.ts';
import { danglingReferences } from '../../src/db/roster.ts';
import { liveTable } from '../../src/db/roster-sql.ts';
import type { House } from '../../src/house.ts';
import { mark } from './files.ts';

/** Sentences about what does not hold; the numbers are those of the invariants in the architecture. */
export async function problemsOf(house: House, data: string): Promise<string[]> {
  const { db } = house;
  const problems: string[] = [];
  const none = async (number: number, what: string, query: Sql) => {
    const found = await db.query(query);
    if (found.length > 0) problems.push(`invariant ${number}: ${what}: ${JSON.stringify(found.slice(0, 3))}`);
  };

  for (const { archiveKey } of await db.query<{ archiveKey: string | null }>(sql`
    select archive_key as "archiveKey" from deliveries`)) {
    const path = join(data, 'archive', archiveKey?.slice(0, 2) ?? '', archiveKey?.slice(2) ?? '');
    if (!existsSync(path)) problems.push('invariant 1: the bytes of a delivery are gone');
  }
  // A source only touches its own records: whatever a sync has changed belongs to its source.
  await none(
    2,
    'changes of a sync that was not applied',
    sql`select y.number, y.state, c.action from changes c join syncs y on y.roster_id = c.roster_id and y.id = c.sync_id
        where y.state not in ('applied', 'rolled back')`,
  );
  await none(
    2,
    'an applied sync that says another number of changes than it made',
    sql`select y.number, y.changes, m.made from syncs y cross join lateral (${changesMade()}) m
        where y.state in ('applied', 'rolled back') and y.changes is distinct from m.made`,
  );
  for (const kind of rosterKinds) {
    await none(
      3,
      `${kind} that a sync of another source has changed`,
      sql`select l.sourced_id from ${raw(liveTable(kind))} l
          join syncs y on y.roster_id = l.roster_id and y.id in (l.created_sync, l.updated_sync)
          where l.source_id <> y.source_id`,
    );
    await none(
      8,
      `${kind} without a cause`,
      sql`select sourced_id from ${raw(liveTable(kind))} where created_sync is null and source_id is not null
            and not exists (select 1 from changes c where c.roster_id = ${raw(liveTable(kind))}.roster_id
              and c.kind = ${kind} and c.sourced_id = ${raw(liveTable(kind))}.sourced_id)`,
    );
  }
  for (const { id } of await db.query<{ id: string }>(sql`select id from rosters`)) {
    const dangling = await danglingReferences(db, id);
    if (dangling.length > 0) problems.push(`invariant 4: references to nothing: ${dangling.length}`);
  }
  await none(
    7,
    'an approval without the counts that were seen',
    sql`select number from syncs where decision is not null and decision->'counts' is null`,
  );
  await none(
    8,
    'a change without values before it',
    sql`select action from changes where before is null and action <> 'create'`,
  );
  problems.push(...(await leftovers(data)), ...(await marked(data)));
  return problems;
}

/** Records that a sync has created, and those that it has otherwise changed; each once, also where it got another id. */
function changesMade(): Sql {
  const created = rosterKinds.map(
    (kind) => sql`
      select ${kind}::text, l.sourced_id from ${raw(liveTable(kind))} l
      where l.roster_id = y.roster_id and l.created_sync = y.id`,
  );
  return sql`
    select count(*) as made from (
      select c.kind, c.sourced_id from changes c where c.roster_id = y.roster_id and c.sync_id = y.id
      union ${list(created, ' union ')}
    ) all_made`;
}

/** Files of the moment are gone when nothing is under way. */
async function leftovers(data: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ['run/work', 'archive/writing']) {
    const entries = await readdir(join(data, folder), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    if (files.length > 0) found.push(`${files.length} files are left in ${folder}`);
  }
  return found;
}

/** Logs hold no names of people; the archive is encrypted. */
async function marked(data: string): Promise<string[]> {
  const found: string[] = [];
  const paths = [join(data, 'postgres.log')];
  for (const entry of await readdir(join(data, 'archive'), { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) paths.push(join(entry.parentPath, entry.name));
  }
  for (const path of paths) {
    if ((await readFile(path)).includes(mark))
      found.push(`invariant 12: a name stands in ${path.slice(data.length + 1)}`);
  }
  return found;
}
