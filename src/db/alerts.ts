/** What the watch has told, what is still so, and who wants to hear it. SQL only. */
import sql from 'sql-template-tag';
import type { Role } from './accounts.ts';
import type { Db } from './db.ts';
import { newId } from './ids.ts';

export type NewAlert = {
  /** `source:<id>`, `account:<id>` or `webhook:<id>`. */
  subject: string;
  kind: string;
  /** The same occasion is told once. */
  occasion: string;
  districtId: string | null;
  sourceId: string | null;
  syncId: string | null;
  at: Date;
  /** It happened and is over; else it is so until it is resolved. */
  isOver?: boolean;
};

export type AlertRow = {
  id: string;
  subject: string;
  kind: string;
  districtId: string | null;
  sourceId: string | null;
  syncId: string | null;
  openedAt: Date;
  /** Null as long as it is so. */
  resolvedAt: Date | null;
};

const alertColumns = sql`id, subject, kind, district_id as "districtId", source_id as "sourceId", sync_id as "syncId",
  opened_at as "openedAt", resolved_at as "resolvedAt"`;

/** @returns its id; undefined when this occasion was told already, or one of the kind is open for the subject. */
export async function addAlert(db: Db, alert: NewAlert): Promise<string | undefined> {
  const { subject, kind, occasion, districtId, sourceId, syncId, at, isOver = false } = alert;
  const row = await db.one<{ id: string }>(sql`
    insert into alerts (id, subject, kind, occasion, district_id, source_id, sync_id, opened_at, resolved_at)
    values (${newId()}, ${subject}, ${kind}, ${occasion}, ${districtId}, ${sourceId}, ${syncId}, ${at}, ${isOver ? at : null})
    on conflict do nothing
    returning id`);
  return row?.id;
}

/** An open alert is about a newer sync now. */
export async function moveAlert(db: Db, subject: string, kind: string, syncId: string): Promise<void> {
  await db.query(sql`
    update alerts set sync_id = ${syncId} where subject = ${subject} and kind = ${kind} and resolved_at is null`);
}

/** Closes what is open of these kinds. @returns the alerts that were. */
export function resolveAlerts(db: Db, subject: string, kinds: readonly string[], at: Date): Promise<AlertRow[]> {
  return db.query<AlertRow>(sql`
    update alerts set resolved_at = ${at}
    where subject = ${subject} and kind = any(${[...kinds]}) and resolved_at is null
    returning ${alertColumns}`);
}

export type AlertScope = {
  districtId?: string;
  sourceId?: string;
  isOpen?: boolean | undefined;
  /** Id of the last alert already seen. */
  before?: string;
  limit: number;
};

/** Newest first; without digests, which are no alerts. */
export function listAlerts(db: Db, scope: AlertScope): Promise<AlertRow[]> {
  const { districtId = null, sourceId = null, isOpen = null, before = null, limit } = scope;
  return db.query<AlertRow>(sql`
    select ${alertColumns} from alerts
    where (${districtId}::uuid is null or district_id = ${districtId})
      and (${sourceId}::uuid is null or source_id = ${sourceId})
      and (${isOpen}::boolean is null or (resolved_at is null) = ${isOpen})
      and (${before}::uuid is null or id < ${before}) and kind <> 'digest'
    order by id desc limit ${limit}`);
}

/** Open alerts of these kinds, by subject and kind. */
export async function openAlerts(db: Db, kinds: readonly string[]): Promise<Set<string>> {
  const rows = await db.query<{ key: string }>(sql`
    select subject || ' ' || kind as key from alerts where resolved_at is null and kind = any(${[...kinds]})`);
  return new Set(rows.map(({ key }) => key));
}

/** Which of these occasions of a kind have been told, by subject. */
export async function toldOf(db: Db, kind: string, occasions: string[]): Promise<Set<string>> {
  const rows = await db.query<{ key: string }>(sql`
    select subject || ' ' || occasion as key from alerts where kind = ${kind} and occasion = any(${occasions})`);
  return new Set(rows.map(({ key }) => key));
}

export type Choice = { scope: string; kind: string; wanted: boolean };
export type Contact = { id: string; email: string; role: Role; districtId: string | null; choices: Choice[] };

/**
 * People who may see a district (all of the vendor, and those of the district), with what they chose. With null, the
 * people of the vendor.
 */
export function contactsOf(db: Db, districtId: string | null): Promise<Contact[]> {
  return db.query<Contact>(sql`
    select a.id, a.email, a.role, a.district_id as "districtId",
      coalesce((select jsonb_agg(jsonb_build_object('scope', c.scope, 'kind', c.kind, 'wanted', c.wanted))
        from alert_choices c where c.account_id = a.id), '[]') as choices
    from accounts a
    where a.disabled_at is null and (a.district_id is null or a.district_id = ${districtId})
    order by a.id`);
}

/** Everybody who may get mail. */
export function allContacts(db: Db): Promise<(Contact & { createdAt: Date })[]> {
  return db.query(sql`
    select a.id, a.email, a.role, a.district_id as "districtId", a.created_at as "createdAt",
      coalesce((select jsonb_agg(jsonb_build_object('scope', c.scope, 'kind', c.kind, 'wanted', c.wanted))
        from alert_choices c where c.account_id = a.id), '[]') as choices
    from accounts a where a.disabled_at is null order by a.id`);
}

/** @param wanted null takes the choice back, so that the default of the role holds again. */
export async function choose(
  db: Db,
  accountId: string,
  { scope, kind, wanted }: Omit<Choice, 'wanted'> & { wanted: boolean | null },
): Promise<void> {
  if (wanted === null) {
    await db.query(sql`
      delete from alert_choices where account_id = ${accountId} and scope = ${scope} and kind = ${kind}`);
    return;
  }
  await db.query(sql`
    insert into alert_choices (account_id, scope, kind, wanted) values (${accountId}, ${scope}, ${kind}, ${wanted})
    on conflict (account_id, scope, kind) do update set wanted = excluded.wanted`);
}

/** Forgets what is over since before `before`. */
export async function forgetAlerts(db: Db, before: Date): Promise<void> {
  await db.query(sql`delete from alerts where resolved_at < ${before}`);
}
