/** Where sources pull from, each pull, and the pages that are kept until it is whole. SQL only. */
import sql, { join, type Sql } from 'sql-template-tag';
import type { PullConnection } from '../core/pull-connection.ts';
import type { Db } from './db.ts';
import { isId, newId } from './ids.ts';

export type StoredConnection = PullConnection & {
  sourceId: string;
  sealedSecret: Buffer;
  memoryKey: string | null;
  changedAt: Date;
};

const connectionColumns = sql`source_id as "sourceId", address, token_url as "tokenUrl", client_id as "clientId", preset,
  settings, sealed_secret as "sealedSecret", memory_key as "memoryKey",
  changed_at as "changedAt"`;

export async function connectionOf(db: Db, sourceId: string): Promise<StoredConnection | undefined> {
  if (!isId(sourceId)) return undefined;
  return db.one<StoredConnection>(sql`
    select ${connectionColumns} from pull_connections where source_id = ${sourceId}`);
}

/** @param sealedSecret undefined: the one that is stored stays. */
export async function saveConnection(
  db: Db,
  sourceId: string,
  connection: PullConnection,
  sealedSecret: Buffer | undefined,
  at: Date,
): Promise<void> {
  const { address, tokenUrl, clientId, preset, settings } = connection;
  const values = { address, tokenUrl, clientId, preset, settings: JSON.stringify(settings) };
  if (sealedSecret === undefined) {
    await db.query(sql`
      update pull_connections set address = ${values.address}, token_url = ${values.tokenUrl},
        client_id = ${values.clientId}, preset = ${values.preset}, settings = ${values.settings}::jsonb, changed_at = ${at}
      where source_id = ${sourceId}`);
    return;
  }
  await db.query(sql`
    insert into pull_connections (source_id, address, token_url, client_id, sealed_secret, preset, settings, changed_at)
    values (${sourceId}, ${address}, ${tokenUrl}, ${clientId}, ${sealedSecret}, ${preset}, ${values.settings}, ${at})
    on conflict (source_id) do update set address = excluded.address, token_url = excluded.token_url,
      client_id = excluded.client_id, sealed_secret = excluded.sealed_secret, preset = excluded.preset,
      settings = excluded.settings, changed_at = excluded.changed_at`);
}

export async function setMemory(db: Db, sourceId: string, key: string | null): Promise<void> {
  await db.query(sql`update pull_connections set memory_key = ${key} where source_id = ${sourceId}`);
}

export type PullScope = 'full' | 'changes';
export type PullState = 'waiting' | 'pulling' | 'done' | 'failed';

/** How far one collection has come. */
export type CollectionProgress = {
  state: 'waiting' | 'reading' | 'done' | 'not offered' | 'not permitted';
  rows: number;
  /** What the server says; null when it does not. */
  total: number | null;
  pages: number;
  /** The server has not confirmed that there is no more. */
  isUnconfirmed?: boolean;
  /** How often it was begun anew, because rows had moved. */
  restarts?: number;
  /** The newest change seen, and when reading began, in milliseconds. */
  newestAt?: number;
  startedAt?: number;
};

export type PullTroubleFacts = {
  code: string;
  sentence: string;
  said?: string | undefined;
  collection?: string | undefined;
};

export type PullRow = {
  id: string;
  rosterId: string;
  sourceId: string;
  scope: PullScope;
  state: PullState;
  askedBy: string | null;
  dueAt: Date | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  nextAt: Date | null;
  attempts: number;
  plan: Record<string, unknown> | null;
  progress: Record<string, CollectionProgress>;
  trouble: PullTroubleFacts | null;
  watermarks: Record<string, number>;
  facts: Record<string, unknown>;
  syncId: string | null;
};

const pullColumns = sql`id, roster_id as "rosterId", source_id as "sourceId", scope, state, asked_by as "askedBy",
  due_at as "dueAt", created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt",
  next_at as "nextAt", attempts, plan, progress, trouble, watermarks, facts, sync_id as "syncId"`;

export type NewPull = {
  rosterId: string;
  sourceId: string;
  scope: PullScope;
  askedBy?: string | null;
  dueAt?: Date | null;
  at: Date;
};

/** @returns undefined when one of this source is under way, or waits. */
export function addPull(db: Db, pull: NewPull): Promise<PullRow | undefined> {
  const { rosterId, sourceId, scope, askedBy = null, dueAt = null, at } = pull;
  return db.one<PullRow>(sql`
    insert into pulls (roster_id, id, source_id, scope, state, asked_by, due_at, created_at)
    values (${rosterId}, ${newId()}, ${sourceId}, ${scope}, 'waiting', ${askedBy}, ${dueAt}, ${at})
    on conflict do nothing
    returning ${pullColumns}`);
}

export async function pullById(db: Db, id: string): Promise<PullRow | undefined> {
  if (!isId(id)) return undefined;
  return db.one<PullRow>(sql`select ${pullColumns} from pulls where id = ${id}`);
}

export function openPull(db: Db, sourceId: string): Promise<PullRow | undefined> {
  return db.one<PullRow>(sql`
    select ${pullColumns} from pulls where source_id = ${sourceId} and state in ('waiting', 'pulling')`);
}

/** Newest first. */
export function pullsOf(db: Db, source: { id: string; rosterId: string }, limit: number): Promise<PullRow[]> {
  return db.query<PullRow>(sql`
    select ${pullColumns} from pulls where roster_id = ${source.rosterId} and source_id = ${source.id}
    order by id desc limit ${limit}`);
}

/** Pulls that are to be worked on at this time, oldest first. */
export function pullsToDo(db: Db, at: Date): Promise<{ id: string; sourceId: string }[]> {
  return db.query(sql`
    select id, source_id as "sourceId" from pulls
    where state in ('waiting', 'pulling') and (next_at is null or next_at <= ${at})
    order by id`);
}

/** When the newest pull that was made for a due time was made for it, by source. */
export async function lastDues(db: Db): Promise<Map<string, Date>> {
  const rows = await db.query<{ sourceId: string; at: Date }>(sql`
    select source_id as "sourceId", max(due_at) as at from pulls where due_at is not null group by source_id`);
  return new Map(rows.map(({ sourceId, at }) => [sourceId, at]));
}

export type PullPatch = Partial<
  Pick<
    PullRow,
    | 'scope'
    | 'state'
    | 'startedAt'
    | 'finishedAt'
    | 'nextAt'
    | 'attempts'
    | 'plan'
    | 'progress'
    | 'trouble'
    | 'watermarks'
    | 'facts'
    | 'syncId'
  >
>;

export async function setPull(
  db: Db,
  { rosterId, id }: Pick<PullRow, 'rosterId' | 'id'>,
  patch: PullPatch,
): Promise<void> {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  const set: Sql[] = [];
  if (patch.scope !== undefined) set.push(sql`scope = ${patch.scope}`);
  if (patch.state !== undefined) set.push(sql`state = ${patch.state}`);
  if (patch.startedAt !== undefined) set.push(sql`started_at = ${patch.startedAt}`);
  if (patch.finishedAt !== undefined) set.push(sql`finished_at = ${patch.finishedAt}`);
  if (patch.nextAt !== undefined) set.push(sql`next_at = ${patch.nextAt}`);
  if (patch.attempts !== undefined) set.push(sql`attempts = ${patch.attempts}`);
  if (patch.plan !== undefined) set.push(sql`plan = ${json(patch.plan)}::jsonb`);
  if (patch.progress !== undefined) set.push(sql`progress = ${json(patch.progress)}::jsonb`);
  if (patch.trouble !== undefined) set.push(sql`trouble = ${json(patch.trouble)}::jsonb`);
  if (patch.watermarks !== undefined) set.push(sql`watermarks = ${json(patch.watermarks)}::jsonb`);
  if (patch.facts !== undefined) set.push(sql`facts = ${json(patch.facts)}::jsonb`);
  if (patch.syncId !== undefined) set.push(sql`sync_id = ${patch.syncId}`);
  if (set.length > 0) await db.query(sql`update pulls set ${join(set)} where roster_id = ${rosterId} and id = ${id}`);
}

/** How often each rule was noted on a page, by field. */
export type PageNotes = Record<string, Record<string, number>>;
export type PageRow = { collection: string; number: number; storeKey: string; rows: number; notes: PageNotes };

export async function addPage(db: Db, pull: Pick<PullRow, 'rosterId' | 'id'>, page: PageRow): Promise<void> {
  const { collection, number, storeKey, rows, notes } = page;
  await db.query(sql`
    insert into pull_pages (roster_id, pull_id, collection, number, store_key, rows, notes)
    values (${pull.rosterId}, ${pull.id}, ${collection}, ${number}, ${storeKey}, ${rows}, ${JSON.stringify(notes)})`);
}

/** In the order in which they were read. */
export function pagesOf(db: Db, pull: Pick<PullRow, 'rosterId' | 'id'>): Promise<PageRow[]> {
  return db.query<PageRow>(sql`
    select collection, number, store_key as "storeKey", rows, notes from pull_pages
    where roster_id = ${pull.rosterId} and pull_id = ${pull.id}
    order by collection, number`);
}

/** @param collection undefined: all. @returns the keys of what is in the store. */
export async function forgetPages(
  db: Db,
  pull: Pick<PullRow, 'rosterId' | 'id'>,
  collection?: string,
): Promise<string[]> {
  const rows = await db.query<{ key: string }>(sql`
    delete from pull_pages where roster_id = ${pull.rosterId} and pull_id = ${pull.id}
      and (${collection ?? null}::text is null or collection = ${collection ?? null})
    returning store_key as key`);
  return rows.map(({ key }) => key);
}

/** All that the store of pages is to keep. */
export async function storedKeys(db: Db): Promise<Set<string>> {
  const rows = await db.query<{ key: string }>(sql`
    select store_key as key from pull_pages
    union all select memory_key from pull_connections where memory_key is not null`);
  return new Set(rows.map(({ key }) => key));
}

/** States of the syncs that these pulls have led to. */
export function pullsWithSyncs(
  db: Db,
  source: { id: string; rosterId: string },
  limit: number,
): Promise<
  (Pick<PullRow, 'id' | 'scope' | 'watermarks' | 'facts' | 'startedAt' | 'finishedAt'> & {
    syncState: string | null;
    dryRun: boolean | null;
  })[]
> {
  return db.query(sql`
    select p.id, p.scope, p.watermarks, p.facts, p.started_at as "startedAt", p.finished_at as "finishedAt",
      s.state as "syncState", s.dry_run as "dryRun"
    from pulls p
    left join syncs s on s.roster_id = p.roster_id and s.id = p.sync_id
    where p.roster_id = ${source.rosterId} and p.source_id = ${source.id} and p.state = 'done'
    order by p.id desc limit ${limit}`);
}
