/** Looks at one collection: whether it can be read, how much it holds, and what it does otherwise than OneRoster says. */

import { type CollectionName, collections } from '../core/rest/collections.ts';
import { readRecord } from '../core/rest/record.ts';
import { apiWords } from '../core/rest/words.ts';
import { type Kind, tableOf, type Version } from '../core/tables.ts';
import { counted } from '../core/words.ts';
import { rowsOf } from './answer.ts';
import type { Client } from './client.ts';
import { openNotes } from './notes.ts';
import { versionOfPath, versionOfUsers } from './plan.ts';
import type { Shown } from './presets/preset.ts';
import type { Abilities } from './probe-abilities.ts';
import { PullTrouble } from './trouble.ts';

export type Remark = { rule: string; collection: string; words: string };

export type CollectionReport = {
  name: CollectionName;
  state: 'ok' | 'not offered' | 'not permitted' | 'failed';
  /** All records, by the server; null when it does not say. */
  count: number | null;
  /** Records that were looked at. */
  rows: number;
  hasLink: boolean;
  words: string;
  /** The first record, with letters and digits masked; null when there is none. */
  sample: unknown;
  remarks: Remark[];
  /** Of users: how they look. */
  version?: Version | undefined;
};

const looked = 100;

/** @param shown takes what tells systems apart. */
export async function lookAt(
  name: CollectionName,
  client: Client,
  signal: AbortSignal,
  shown: Shown,
): Promise<CollectionReport> {
  const collection = collections[name];
  const base = { name, count: null, rows: 0, hasLink: false, sample: null, remarks: [] };
  try {
    const url = client.urlOf(collection.path, [
      ['limit', String(looked)],
      ['offset', '0'],
    ]);
    const answer = await client.get(url, signal, 3);
    const page = rowsOf(answer, collection);
    noteShown(answer.headers, page.rows, shown);
    const notes = openNotes();
    for (const rule of page.notes) notes.add(rule);
    const version =
      (name === 'users' ? versionOfUsers(page.rows) : undefined) ?? versionOfPath(client.connection.address);
    const context = { version, now: Date.now(), localAsSchool: false, note: notes.add };
    for (const row of page.rows) readRecord(collection.kind, row, context);
    const remarks = Object.entries(notes.take()).flatMap(([rule, fields]) =>
      Object.entries(fields).map(([field, count]) => ({
        rule,
        collection: name,
        words: `${apiWords(rule, { kind: collection.kind, field, count })}.`,
      })),
    );
    return {
      ...base,
      state: 'ok',
      count: page.total ?? null,
      rows: page.rows.length,
      hasLink: page.next !== undefined,
      words: wordsOf(name, page.rows.length, page.total),
      sample: page.rows.length > 0 ? masked(page.rows[0], collection.kind) : null,
      remarks,
      ...(name === 'users' ? { version: versionOfUsers(page.rows) } : {}),
    };
  } catch (error) {
    if (!(error instanceof PullTrouble)) throw error;
    const state = error.code === 'forbidden' ? 'not permitted' : error.code === 'not-found' ? 'not offered' : 'failed';
    return { ...base, state, words: error.message };
  }
}

const hrefsLimit = 100;

function noteShown(headers: Record<string, string>, rows: readonly unknown[], shown: Shown): void {
  for (const name of Object.keys(headers)) shown.headers.add(name);
  for (const row of rows)
    for (const value of Object.values(row ?? {})) {
      const { href } = (value ?? {}) as { href?: unknown };
      if (typeof href === 'string' && shown.hrefs.size < hrefsLimit) shown.hrefs.add(href);
    }
}

const wordsOf = (name: string, rows: number, total: number | undefined): string =>
  total !== undefined
    ? `${counted(total, 'record')} of ${name}.`
    : rows === 0
      ? `No ${name}.`
      : `At least ${counted(rows, 'record')} of ${name}; the server does not say how many.`;

/** Letters become x and digits 0; words of a vocabulary, days and what is no personal data of a school stay. */
export function masked(value: unknown, kind: Kind, field = ''): unknown {
  if (Array.isArray(value)) return value.slice(0, 3).map((each) => masked(each, kind, field));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, masked(each, kind, name)]));
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  if (isPlain(kind, field)) return value;
  const text = String(value).slice(0, 60).replace(/\p{L}/gu, 'x').replace(/\p{N}/gu, '0');
  return typeof value === 'number' ? Number(text) || 0 : text;
}

const vocabularies = new Set(['status', 'role', 'roleType', 'type', 'classType', 'enabledUser', 'primary']);
const isPlain = (kind: Kind, field: string): boolean =>
  vocabularies.has(field) ||
  field === 'dateLastModified' ||
  (['orgs', 'academicSessions', 'courses', 'classes'].includes(kind) && tableOf(kind).fields[field]?.type === 'date');

/** All remarks, those of the server as a whole first. */
export function remarksFrom(reports: readonly CollectionReport[], abilities: Abilities | null): Remark[] {
  return [...(abilities?.remarks ?? []), ...reports.flatMap(({ remarks }) => remarks)];
}
