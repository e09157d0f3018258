/** Finds people, classes and the enrollments between them, also those that are archived or purged. */
import sql from 'sql-template-tag';
import type { Values } from '../core/changes.ts';
import type { Db } from './db.ts';

/** `status` is null for a record that is purged. */
export type Named = { sourcedId: string; name: string; status: 'active' | 'tobedeleted' | null };

const most = 20;

/** Users by sourcedId, username, identifier or email address; by sourcedId alone when there is one. */
export async function usersNamed(db: Db, rosterId: string, text: string): Promise<Named[]> {
  const found = await db.query<Named>(sql`
    select sourced_id as "sourcedId", concat_ws(' ', given_name, family_name) as name, status from users
    where roster_id = ${rosterId} and (sourced_id = ${text} or lower(username) = lower(${text})
      or identifier = ${text} or lower(email) = lower(${text}))
    order by status, sourced_id limit ${most}`);
  return exact(found, text) ?? (found.length > 0 ? found : purged(db, rosterId, 'users', text));
}

/** Classes by sourcedId, classCode or title; by sourcedId alone when there is one. */
export async function classesNamed(db: Db, rosterId: string, text: string): Promise<Named[]> {
  const found = await db.query<Named>(sql`
    select sourced_id as "sourcedId", coalesce(title, '') as name, status from classes
    where roster_id = ${rosterId} and (sourced_id = ${text} or class_code = ${text} or lower(title) = lower(${text}))
    order by status, sourced_id limit ${most}`);
  return exact(found, text) ?? (found.length > 0 ? found : purged(db, rosterId, 'classes', text));
}

function exact(found: Named[], text: string): Named[] | undefined {
  const one = found.find(({ sourcedId }) => sourcedId === text);
  return one && [one];
}

async function purged(db: Db, rosterId: string, kind: 'users' | 'classes', sourcedId: string): Promise<Named[]> {
  const last = await db.one<{ before: Values | null }>(sql`
    select before from changes
    where roster_id = ${rosterId} and kind = ${kind} and sourced_id = ${sourcedId} and action = 'purge'
    order by at desc limit 1`);
  if (!last) return [];
  const { title, givenName, familyName } = last.before ?? {};
  const name = kind === 'classes' ? [title] : [givenName, familyName];
  return [{ sourcedId, name: name.filter(Boolean).join(' '), status: null }];
}

/** The sourcedIds of all enrollments that have, or ever had, this user in this class. */
export async function enrollmentsBetween(
  db: Db,
  rosterId: string,
  pair: { user: string; class: string },
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    select sourced_id as id from enrollments
    where roster_id = ${rosterId} and user_sourced_id = ${pair.user} and class_sourced_id = ${pair.class}
    union
    select sourced_id from changes
    where roster_id = ${rosterId} and kind = 'enrollments'
      and before->>'userSourcedId' = ${pair.user} and before->>'classSourcedId' = ${pair.class}
    order by id limit ${most}`);
  return rows.map(({ id }) => id);
}

/** How many enrollments of a class, and of a user, a sync archived. */
export async function goneWith(db: Db, rosterId: string, syncId: string, pair: { user: string; class: string }) {
  const row = await db.one<{ ofClass: number; ofUser: number }>(sql`
    select count(*) filter (where before->>'classSourcedId' = ${pair.class}) as "ofClass",
      count(*) filter (where before->>'userSourcedId' = ${pair.user}) as "ofUser"
    from changes
    where roster_id = ${rosterId} and sync_id = ${syncId} and kind = 'enrollments' and action = 'archive'`);
  return row ?? { ofClass: 0, ofUser: 0 };
}
