/** Counts how often a roster has changed: what was concluded from an older state is concluded anew. The count is a lock too. */
import sql from 'sql-template-tag';
import type { Db } from './db.ts';

/** Raised when a sync finds the roster changed since it was compared with it: by a person, or by another sync. */
export class RosterChanged extends Error {
  constructor() {
    super('The roster is not any more what this sync was compared with; stage and compare it anew.');
  }
}

export async function rosterVersion(db: Db, rosterId: string): Promise<number> {
  const row = await db.one<{ version: number }>(sql`select version from roster_versions where roster_id = ${rosterId}`);
  return row?.version ?? 0;
}

/** From here until the transaction ends, nobody else changes the roster. */
export async function lockRoster(tx: Db, rosterId: string): Promise<void> {
  await tx.query(sql`
    insert into roster_versions (roster_id, at) values (${rosterId}, 'epoch') on conflict (roster_id) do nothing`);
  await tx.query(sql`select version from roster_versions where roster_id = ${rosterId} for update`);
}

/** From here until the transaction ends nobody changes the roster, and others may wait for that too. */
export async function holdRoster(tx: Db, rosterId: string): Promise<void> {
  await tx.query(sql`select version from roster_versions where roster_id = ${rosterId} for share`);
}

/** Counts a change by a sync, in the transaction that has the lock. */
export async function countVersion(tx: Db, rosterId: string): Promise<void> {
  await tx.query(sql`update roster_versions set version = version + 1 where roster_id = ${rosterId}`);
}

/**
 * Locks the roster, and counts a change beside its syncs: the same bytes again are looked at again from then on. The time
 * is that of the lock, for the transaction may have begun before what it waited for.
 */
export async function touchRoster(tx: Db, rosterId: string): Promise<void> {
  await tx.query(sql`
    insert into roster_versions (roster_id, version, at) values (${rosterId}, 1, clock_timestamp())
    on conflict (roster_id) do update set version = roster_versions.version + 1, at = clock_timestamp()`);
}
