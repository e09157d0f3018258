/** The real thing for the model test: inbox, pipeline and acts on a database, without doors and without a queue. */

import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sql, { join as list, raw } from 'sql-template-tag';
import { createActs } from '../../src/acts/acts.ts';
import type { ActsDeps } from '../../src/acts/deps.ts';
import { usualLimits } from '../../src/core/bundle.ts';
import { columnsOf, fileOf, kindsOf, rosterKinds } from '../../src/core/tables.ts';
import type { Pool } from '../../src/db/db.ts';
import { historyOf } from '../../src/db/history.ts';
import { purgeRoster } from '../../src/db/purge.ts';
import { danglingReferences } from '../../src/db/roster.ts';
import { createLog } from '../../src/log.ts';
import { openArchive } from '../../src/sync/archive.ts';
import { openInbox } from '../../src/sync/inbox.ts';
import { workOn } from '../../src/sync/turns.ts';
import { buildZip } from '../zip.ts';
import { kinds, type ModelKind } from './district.ts';
import type { Sent } from './history.ts';
import { linesOf } from './reading.ts';

export type RealRecord = {
  fields: Record<string, string>;
  status: string;
  sourceId: string | null;
  releasedFrom: string | null;
  isArchived: boolean;
};
export type RealSync = { id: string; number: number; state: string };

export type Real = Awaited<ReturnType<typeof openReal>>;
const product = 'literacy';

/** @param folder for the archive and reports. */
export async function openReal(db: Pool, folder: string) {
  const log = createLog('silent');
  const tempDir = join(folder, 'work');
  await mkdir(folder, { recursive: true });
  const archive = await openArchive({ dir: join(folder, 'archive'), tempDir, key: Buffer.alloc(32, 7) });
  const now = () => new Date();
  const inbox = openInbox({ db, archive, tempDir, enqueue: async () => {}, retentionDays: 90, now });
  const reportsDir = (sourceId: string) => join(folder, 'reports', sourceId);
  const desk = { consoleUrl: () => '' };
  const deps = { db, archive, log, desk, tempDir, limits: usualLimits, now, reportsDir };
  // What mails and keys need is not asked for here.
  const people = { db, consoleUrl: () => '', disconnect: () => {}, now };
  const acts = createActs({
    db,
    inbox,
    enqueue: async () => {},
    vendor: 'homeroom',
    uploadLimitBytes: 2 ** 30,
    filesLimit: 100,
    consoleUrl: () => '',
    people,
    status: () => ({}),
    now,
  } as unknown as ActsDeps);
  await acts.addProduct({ slug: product, name: product });
  const work = async (rosterId: string) => {
    while (await workOn(rosterId, deps, new AbortController().signal));
  };
  return { db, acts, work, folder };
}

/** A district of its own with two sources, somewhere where it is about noon: the day does not end while it is looked at. */
export async function newDistrict({ acts, db }: Pick<Real, 'acts' | 'db'>, trustFirst: boolean) {
  const district = randomUUID().slice(0, 13);
  const east = 12 - new Date().getUTCHours();
  // The signs of these names are the other way round.
  const timeZone = `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`;
  await acts.addDistrict({ siteCode: district, name: 'Lakeview', slug: district, timeZone });
  const sources: { id: string }[] = [];
  for (const name of ['A', 'B']) {
    const kind = 'upload' as const;
    sources.push(await acts.addSource({ district, product, kind, name, trustFirst }));
  }
  const [row] = await db.query<{ id: string }>(sql`select roster_id as id from sources where id = ${sources[0]?.id}`);
  const rosterId = (row as { id: string }).id;
  const today = new Date(Date.now() + east * 3_600_000).toISOString().slice(0, 10);
  return { which: { district, product }, rosterId, sources: sources.map(({ id }) => id), today };
}
export type RealDistrict = Awaited<ReturnType<typeof newDistrict>>;

export function zipOf(sent: Sent): Buffer {
  const present = Object.keys(sent) as ModelKind[];
  const modes = kindsOf('1.1').map((kind) => `file.${kind},${sent[kind as ModelKind]?.mode ?? 'absent'}`);
  const manifest = ['propertyName,value', 'manifest.version,1.0', 'oneroster.version,1.1', ...modes];
  const files = present.map((kind) => ({ name: fileOf(kind), data: csvOf(kind, sent) }));
  return buildZip([{ name: 'manifest.csv', data: `${manifest.join('\r\n')}\r\n` }, ...files]);
}

function csvOf(kind: ModelKind, sent: Sent): string {
  const file = sent[kind];
  const columns = columnsOf(kind, '1.1');
  const rows = (file ? linesOf(kind, file) : []).map(({ cells, ended, filled }) => {
    const mode = filled
      ? { status: ended ? 'tobedeleted' : 'active', dateLastModified: '2026-01-05T00:00:00.000Z' }
      : {};
    const all: Record<string, string> = { ...cells, ...mode };
    return columns.map((name) => quoted(all[name] ?? '')).join(',');
  });
  return `${[columns.join(','), ...rows].join('\r\n')}\r\n`;
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Puts a file, as a person does at the command line. */
export async function put({ acts, folder }: Real, { which }: RealDistrict, source: number, bytes: Buffer) {
  const path = join(folder, `${randomUUID()}.zip`);
  await writeFile(path, bytes);
  try {
    await acts.sync({ path, source: source === 0 ? 'A' : 'B', ...which });
  } finally {
    await rm(path);
  }
}

export async function recordsOf(db: Pool, rosterId: string): Promise<Map<string, RealRecord>> {
  const found = new Map<string, RealRecord>();
  const tables = kinds.map((kind) => {
    const table = raw(kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
    return sql`select ${kind}::text as kind, to_jsonb(l) as row from ${table} l where roster_id = ${rosterId}`;
  });
  for (const { kind, row } of await db.query<{ kind: string; row: Record<string, unknown> }>(
    sql`${list(tables, ' union all ')}`,
  )) {
    const fields: Record<string, string> = {};
    for (const [name, value] of Object.entries(row)) {
      if (value !== null && !notContent.has(name)) fields[camel(name)] = String(value);
    }
    found.set(`${kind}/${row.sourced_id}`, {
      fields,
      status: String(row.status),
      sourceId: row.source_id as string | null,
      releasedFrom: row.released_from as string | null,
      isArchived: row.archived_at !== null,
    });
  }
  return found;
}

const notContent = new Set(['roster_id', 'status', 'date_last_modified', 'source_id', 'content_hash', 'created_sync', 'updated_sync', 'archived_at', 'released_from', 'metadata']); // biome-ignore format: a list
const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

export function syncsOf(db: Pool, rosterId: string): Promise<RealSync[]> {
  return db.query<RealSync>(sql`select id, number, state from syncs where roster_id = ${rosterId} order by number`);
}

/**
 * As if so many days had passed: what is archived has been for longer, decisions are older, and the days of calendars and
 * of what was set for a time are nearer or further back. Then what is old enough is purged, as every night.
 */
export async function passDays(db: Pool, rosterId: string, days: number): Promise<void> {
  const earlier = (column: string) => sql`${raw(column)} = ${raw(column)} - make_interval(days => ${days})`;
  for (const kind of rosterKinds) {
    const table = raw(kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
    await db.query(sql`
      update ${table} set ${earlier('archived_at')} where roster_id = ${rosterId} and archived_at is not null`);
  }
  await db.query(sql`
    update changes set ${earlier('archived_before')} where roster_id = ${rosterId} and archived_before is not null`);
  await db.query(sql`
    update syncs set decision = decision || jsonb_build_object('at', to_char(
      (decision->>'at')::timestamptz at time zone 'UTC' - make_interval(days => ${days}), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    where roster_id = ${rosterId} and decision is not null`);
  await datesOfSources(db, rosterId, days);
  const now = new Date();
  await purgeRoster(db, rosterId, new Date(now.getTime() - keptDays * 86_400_000), now);
}

async function datesOfSources(db: Pool, rosterId: string, days: number): Promise<void> {
  type Dated = Record<'from' | 'to' | 'until', string>;
  type Row = { id: string; settings: { calendar?: Dated[]; loosened?: Dated[] } };
  for (const { id, settings } of await db.query<Row>(
    sql`select id, settings from sources where roster_id = ${rosterId}`,
  )) {
    for (const each of [...(settings.calendar ?? []), ...(settings.loosened ?? [])])
      for (const name of ['from', 'to', 'until'] as const) if (each[name]) each[name] = dayAfter(each[name], -days);
    await db.query(sql`update sources set settings = ${JSON.stringify(settings)} where id = ${id}`);
  }
}

export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

const keptDays = 90;

/** What happened to a record, first to last: each action, and the number of the sync that did it. */
export async function eventsOf(db: Pool, rosterId: string, kind: ModelKind, id: string) {
  const changes = await historyOf(db, rosterId, kind, id);
  return changes.toReversed().map(({ action, syncNumber }) => `${action} by ${syncNumber ?? 'person'}`);
}

export const dangling = (db: Pool, rosterId: string) => danglingReferences(db, rosterId);
