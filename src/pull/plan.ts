/** Decides before the first page what a pull asks for: which version, everything or changes alone, and since when. */
import type { PullConnection } from '../core/pull-connection.ts';
import type { PullSettings } from '../core/pull-settings.ts';
import { type CollectionName, collections, collectionsOf } from '../core/rest/collections.ts';
import type { Version } from '../core/tables.ts';
import type { Db } from '../db/db.ts';
import type { SourceRow } from '../db/districts.ts';
import { type PullScope, pullsWithSyncs } from '../db/pulls.ts';
import { rowsOf } from './answer.ts';
import type { Client } from './client.ts';
import { PullTrouble } from './trouble.ts';

export type PullPlan = {
  version: Version;
  scope: PullScope;
  collections: CollectionName[];
  /** By collection, in milliseconds: changes since then are asked for. */
  since: Partial<Record<CollectionName, number>>;
  /** When the pull began, in milliseconds. */
  startedAt: number;
};

const dayMs = 86_400_000;
/** A full pull begins a little earlier in the night than the one a week ago. */
const slackMs = 6 * 3_600_000;
const lookedBack = 40;
const rowsLooked = 20;

/** The version that the path of an address names; 1.1 when it names none. */
export const versionOfPath = (address: string): Version => (/v1p2(?!.*v1p1)/i.test(address) ? '1.2' : '1.1');

/** How users look tells the version; the path does where there are none. */
export async function versionOf(client: Client, settings: PullSettings, signal: AbortSignal): Promise<Version> {
  if (settings.version !== 'auto') return settings.version;
  const byPath = versionOfPath(client.connection.address);
  const [name = 'users'] = collectionsOf(settings).filter((each) => collections[each].kind === 'users');
  const { path } = collections[name];
  try {
    const answer = await client.get(client.urlOf(path, [['limit', String(rowsLooked)]]), signal);
    return versionOfUsers(rowsOf(answer, collections[name]).rows) ?? byPath;
  } catch (error) {
    // Reading it in earnest will tell.
    if (error instanceof PullTrouble && !['not-authorised', 'no-token'].includes(error.code)) return byPath;
    throw error;
  }
}

/** 1.2 when a user has roles, 1.1 when one has a role; undefined when neither. */
export function versionOfUsers(rows: readonly unknown[]): Version | undefined {
  const has = (name: RegExp, test: (value: unknown) => boolean) =>
    rows.some((row) => Object.entries(row ?? {}).some(([key, value]) => name.test(key) && test(value)));
  if (has(/^roles$/i, (value) => Array.isArray(value) && value.length > 0)) return '1.2';
  return has(/^role$/i, (value) => typeof value === 'string' && value !== '') ? '1.1' : undefined;
}

/** What became of the deliveries decides whether changes can build on them. */
const goodStates = new Set(['received', 'checking', 'comparing', 'applying', 'applied', 'unchanged', 'held']);

export type Basis = { scope: PullScope; watermarks: Record<string, number> };

/**
 * Everything, unless changes can build on what was pulled before: all of it went through or still may, the last full pull
 * is not too long ago, and it did not show that changes had been kept back.
 */
export async function basisOf(
  db: Db,
  source: SourceRow,
  { settings, connectionChanged }: { settings: PullSettings; connectionChanged: Date | undefined },
  now: Date,
): Promise<Basis> {
  const full: Basis = { scope: 'full', watermarks: {} };
  if (settings.changes === 'off' || source.needsFull) return full;
  const before = await pullsWithSyncs(db, source, lookedBack);
  const lastFull = before.findIndex(({ scope }) => scope === 'full');
  if (lastFull < 0) return full;
  const since = before.slice(0, lastFull + 1);
  if (since.some(({ syncState, dryRun }) => dryRun || syncState === null || !goodStates.has(syncState))) return full;
  const base = since.at(-1) as (typeof since)[number];
  const startedAt = base.startedAt?.getTime() ?? 0;
  if (now.getTime() - startedAt > settings.fullEvery * dayMs - slackMs) return full;
  if (connectionChanged && connectionChanged.getTime() > startedAt) return full;
  if (settings.changes === 'auto' && Number(before[0]?.facts.changesOffUntil ?? 0) > now.getTime()) return full;
  // Each pull carries on what the one before it knew.
  return { scope: 'changes', watermarks: since[0]?.watermarks ?? {} };
}

/** @param pull what is known of it already. */
export function planOf(
  {
    settings,
    scope,
    watermarks,
    version,
  }: { settings: PullSettings; connection: PullConnection; version: Version } & Basis,
  now: Date,
): PullPlan {
  const names = collectionsOf(settings);
  const overlapMs = settings.overlapMinutes * 60_000;
  const since: PullPlan['since'] = {};
  if (scope === 'changes')
    for (const name of names)
      if (watermarks[name] !== undefined) since[name] = (watermarks[name] as number) - overlapMs;
  return { version, scope, collections: names, since, startedAt: now.getTime() };
}
