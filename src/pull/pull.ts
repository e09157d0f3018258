/** One pull from beginning to end: a whole snapshot, or all changes, becomes a delivery; or nothing does. */
import { closeAlerts, type Desk, openAlert } from '../alert/alerts.ts';
import { localDateOf } from '../core/local-date.ts';
import { pullSettingsOf } from '../core/pull-settings.ts';
import type { CollectionName } from '../core/rest/collections.ts';
import type { Pool } from '../db/db.ts';
import { type SourceRow, sourceById } from '../db/districts.ts';
import * as pulls from '../db/pulls.ts';
import type { Dialer } from '../dial.ts';
import type { Log } from '../log.ts';
import { aboutSource } from '../sync/about.ts';
import type { Inbox } from '../sync/inbox.ts';
import type { Vault } from '../vault.ts';
import { type Client, openClient } from './client.ts';
import { ChangesRefused, collect } from './collect.ts';
import { makeDelivery, PageLost } from './deliver.ts';
import { type Early, openEarly } from './early.ts';
import { fetchSingly } from './gaps.ts';
import type { openLanes } from './lanes.ts';
import { memoryBytes, memoryOf } from './memory.ts';
import { addNotes, remarksOf } from './notes.ts';
import { basisOf, type PullPlan, planOf, versionOf, versionOfPath } from './plan.ts';
import type { PageStore } from './store.ts';
import { PullTrouble } from './trouble.ts';
import { openTurns } from './turns.ts';

export type PullDeps = {
  db: Pool;
  inbox: Inbox;
  store: PageStore;
  vault: Vault;
  desk: Desk;
  log: Log;
  /** Dials what may be dialled. */
  dialer: Dialer;
  lanes: ReturnType<typeof openLanes>;
  now(): Date;
  timing?: PullTiming | undefined;
  /** Called at the named moments of a pull: for tests that end the process there. */
  at?: ((moment: PullMoment) => void | Promise<void>) | undefined;
};

/** For tests that cannot wait. */
export type PullTiming = {
  backoffMs?: number;
  slowMs?: number;
  flushBytes?: number;
  silenceMs?: number;
  totalMs?: number;
};
export type PullMoment = 'planned' | 'page' | 'read' | 'made' | 'delivered';

/** Troubles that the next minutes do not change; trying on would lock the account. */
const lasting = new Set([
  'not-authorised',
  'no-token',
  'forbidden',
  'tls',
  'not-public',
  'redirect',
  'empty',
  'not-found',
]);
const triesLimit = 4;
const pausesMs = [5, 15, 45].map((minutes) => minutes * 60_000);
const weekMs = 7 * 86_400_000;
const usualTotalMs = 15 * 60_000;

/** Takes an open pull as far as it goes. @throws the reason of the signal; it goes on there the next time. */
export async function runPull(id: string, deps: PullDeps, signal: AbortSignal): Promise<void> {
  const { db, log } = deps;
  const pull = await pulls.pullById(db, id);
  if (!pull || (pull.state !== 'waiting' && pull.state !== 'pulling')) return;
  const source = await sourceById(db, pull.sourceId);
  const connection = await pulls.connectionOf(db, pull.sourceId);
  if (!source || !connection)
    return failed(pull, undefined, { code: 'unset', sentence: 'The source says no more where to pull from.' }, deps);
  Object.assign(pull, { state: 'pulling', startedAt: pull.startedAt ?? deps.now() });
  await pulls.setPull(db, pull, { state: 'pulling', startedAt: pull.startedAt, nextAt: null });
  try {
    await attempt(pull, source, connection, deps, signal);
  } catch (error) {
    signal.throwIfAborted();
    pull.attempts++;
    const trouble = error instanceof PullTrouble ? error : undefined;
    const facts = trouble
      ? { code: trouble.code, sentence: trouble.message, said: trouble.said, collection: current(pull) }
      : { code: 'fault', sentence: 'The fault is ours; the log of the server says more.', collection: current(pull) };
    log.warn(
      {
        pullId: id,
        sourceId: source.id,
        code: facts.code,
        status: trouble?.status,
        kind: (error as Error).name,
        collection: facts.collection,
      },
      'a pull was broken off',
    );
    if (pull.attempts >= triesLimit || lasting.has(facts.code)) return failed(pull, source, facts, deps);
    const nextAt = new Date(deps.now().getTime() + (pausesMs[pull.attempts - 1] ?? 0));
    await pulls.setPull(db, pull, { state: 'waiting', attempts: pull.attempts, nextAt, trouble: facts });
  }
}

const current = ({ progress }: pulls.PullRow): string | undefined =>
  Object.entries(progress).find(([, { state }]) => state === 'reading')?.[0];

async function attempt(
  pull: pulls.PullRow,
  source: SourceRow,
  connection: pulls.StoredConnection,
  deps: PullDeps,
  signal: AbortSignal,
): Promise<void> {
  for (let again = 0; ; again++) {
    try {
      const client = clientOf(connection, deps, pull);
      const plan = await plannedOf(pull, source, client, deps, signal);
      await deps.at?.('planned');
      const stored = await pulls.pagesOf(deps.db, pull);
      const digests = new Map<string, number>();
      const early = stored.length === 0 && isNew(pull) ? openEarly(plan, { store: deps.store, pull, plan }) : undefined;
      const { timing, now } = deps;
      const turns = openTurns({ client, pull, plan, now, signal, slowMs: timing?.slowMs });
      try {
        for (const name of plan.collections) {
          const own = stored.filter(({ collection }) => collection === name);
          await collect(name, own, { ...deps, turns, pull, plan, digests, early, flushBytes: timing?.flushBytes });
          await early?.read(name, () => pulls.pagesOf(deps.db, pull));
        }
      } finally {
        turns.drop();
      }
      await deps.at?.('read');
      return await deliver(pull, source, connection, { plan, client, early }, deps, signal);
    } catch (error) {
      const isAnew = error instanceof ChangesRefused || error instanceof PageLost;
      if (!isAnew || again > 1) throw error;
      await beginAnew(pull, error instanceof ChangesRefused, deps);
    }
  }
}

/** Nothing of it has been read, by no process. */
const isNew = ({ progress }: pulls.PullRow): boolean => Object.keys(progress).length === 0;

function clientOf(connection: pulls.StoredConnection, deps: PullDeps, pull: pulls.PullRow): Client {
  const settings = pullSettingsOf(connection.settings);
  const { vault, dialer, lanes, now, timing } = deps;
  const plan = pull.plan as PullPlan | null;
  return openClient({
    connection,
    settings,
    secret: vault.open(connection.sealedSecret, `pull:${connection.sourceId}`),
    bounds: {
      dialer,
      limitBytes: settings.pageLimitMiB * 2 ** 20,
      silenceMs: timing?.silenceMs ?? settings.waitSeconds * 1000,
      totalMs: timing?.totalMs ?? usualTotalMs,
    },
    lane: lanes.of(connection.address),
    version: plan?.version ?? (settings.version === 'auto' ? versionOfPath(connection.address) : settings.version),
    now,
    ...(timing?.backoffMs === undefined ? {} : { backoffMs: timing.backoffMs }),
  });
}

/** Decided once, so that what is read before and after a crash belongs together. */
async function plannedOf(
  pull: pulls.PullRow,
  source: SourceRow,
  client: Client,
  deps: PullDeps,
  signal: AbortSignal,
): Promise<PullPlan> {
  if (pull.plan) return pull.plan as PullPlan;
  const { settings, connection } = client;
  const version = await versionOf(client, settings, signal);
  const now = deps.now();
  const changed = (connection as pulls.StoredConnection).changedAt;
  const basis =
    pull.scope === 'full'
      ? { scope: 'full' as const, watermarks: {} }
      : await basisOf(deps.db, source, { settings, connectionChanged: changed }, now);
  const plan = planOf({ ...basis, settings, connection, version }, now);
  Object.assign(pull, { plan, scope: plan.scope });
  await pulls.setPull(deps.db, pull, { plan, scope: plan.scope });
  return plan;
}

async function beginAnew(pull: pulls.PullRow, isRefused: boolean, { db, store }: PullDeps): Promise<void> {
  const keys = await pulls.forgetPages(db, pull);
  const facts = isRefused ? { ...pull.facts, changesRefused: true } : pull.facts;
  const scope = isRefused ? 'full' : pull.scope;
  Object.assign(pull, { plan: null, progress: {}, facts, scope });
  await pulls.setPull(db, pull, { plan: null, progress: {}, facts, scope });
  await store.remove(keys);
}

async function deliver(
  pull: pulls.PullRow,
  source: SourceRow,
  connection: pulls.StoredConnection,
  { plan, client, early }: { plan: PullPlan; client: Client; early: Early | undefined },
  deps: PullDeps,
  signal: AbortSignal,
): Promise<void> {
  const { db, inbox, store, log } = deps;
  const before = connection.memoryKey === null ? undefined : await store.getBytes(connection.memoryKey);
  const made = await makeDelivery({
    store,
    pull,
    plan,
    pages: await pulls.pagesOf(db, pull),
    early,
    memory: before && memoryOf(before),
    toldUntil: await toldUntil(source, plan, deps),
    systemName: new URL(connection.address).host,
    fetchSingly: (name, ids) =>
      fetchSingly(name, ids, { client, version: plan.version, now: () => deps.now().getTime(), signal }),
  });
  if (pull.facts.changesRefused) addNotes(made.notes, 'orgs', { 'api-changes-refused': { '': 1 } });
  const memoryKey = await store.putBytes(memoryBytes(made.memory));
  await deps.at?.('made');
  const { watermarks, isUndated } = watermarksOf(pull, plan, await lastWatermarks(source, plan, deps));
  const facts = {
    ...pull.facts,
    counts: made.counts,
    requests: client.stats.requests,
    retries: client.stats.retries,
    ...(made.keptBack > 0 ? { keptBack: made.keptBack } : {}),
    changesOffUntil: await changesOffUntil(pull, source, made.keptBack > 0 || isUndated, deps),
  };
  const day = localDateOf(deps.now(), source.district.timeZone);
  let forgotten: string[] = [];
  const { sync } = await inbox.receive({
    source,
    name: `oneroster-api-${day}.zip`,
    bytes: made.zip,
    remarks: remarksOf(made.notes),
    async inside(tx, { sync: noted }) {
      await pulls.setPull(tx, pull, {
        state: 'done',
        finishedAt: deps.now(),
        syncId: noted.id,
        watermarks,
        facts,
        trouble: null,
      });
      await pulls.setMemory(tx, source.id, memoryKey);
      forgotten = await pulls.forgetPages(tx, pull);
    },
  });
  await deps.at?.('delivered');
  await store.remove([
    ...forgotten,
    ...(connection.memoryKey && connection.memoryKey !== memoryKey ? [connection.memoryKey] : []),
  ]);
  await closeAlerts(db, deps.desk, aboutSource(source), ['pull failing'], deps.now());
  log.info(
    {
      pullId: pull.id,
      sourceId: source.id,
      syncId: sync.id,
      scope: plan.scope,
      rows: made.counts,
      requests: client.stats.requests,
    },
    'a pull is whole',
  );
}

async function lastWatermarks(source: SourceRow, plan: PullPlan, { db }: PullDeps): Promise<Record<string, number>> {
  if (plan.scope === 'full') return {};
  return (await pulls.pullsWithSyncs(db, source, 1))[0]?.watermarks ?? {};
}

/** Where changes do not tell everything, everything is pulled for a week, in milliseconds; 0 where they do. */
async function changesOffUntil(
  { facts }: pulls.PullRow,
  source: SourceRow,
  isUntold: boolean,
  { db, now }: PullDeps,
): Promise<number> {
  const at = now().getTime();
  if (isUntold || facts.changesRefused) return at + weekMs;
  const before = Number((await pulls.pullsWithSyncs(db, source, 1))[0]?.facts.changesOffUntil ?? 0);
  return before > at ? before : 0;
}

/** Until when changes were asked for since the last full pull; undefined where they never were. */
async function toldUntil(
  source: SourceRow,
  plan: PullPlan,
  { db }: PullDeps,
): Promise<Record<string, number> | undefined> {
  const [last] = plan.scope === 'full' ? await pulls.pullsWithSyncs(db, source, 1) : [];
  return last?.scope === 'changes' ? last.watermarks : undefined;
}

/** The newest change seen in each collection, but no later than when reading it began. */
function watermarksOf({ progress }: pulls.PullRow, plan: PullPlan, before: Record<string, number>) {
  const watermarks: Record<string, number> = {};
  let isUndated = false;
  for (const name of plan.collections) {
    const { newestAt, startedAt, rows = 0 } = progress[name as CollectionName] ?? {};
    const seen = newestAt === undefined ? undefined : Math.min(newestAt, startedAt ?? newestAt);
    const known = Math.max(seen ?? 0, before[name] ?? 0);
    if (known > 0) watermarks[name] = known;
    else if (rows > 0) isUndated = true;
    else watermarks[name] = plan.startedAt;
  }
  return { watermarks, isUndated };
}

async function failed(
  pull: pulls.PullRow,
  source: SourceRow | undefined,
  trouble: pulls.PullTroubleFacts,
  { db, store, desk, now }: PullDeps,
): Promise<void> {
  const keys = await db.tx(async (tx) => {
    await pulls.setPull(tx, pull, {
      state: 'failed',
      attempts: pull.attempts,
      finishedAt: now(),
      nextAt: null,
      trouble,
    });
    const forgotten = await pulls.forgetPages(tx, pull);
    if (source) {
      const facts = { sentence: trouble.sentence, tries: pull.attempts };
      await openAlert(tx, desk, {
        kind: 'pull failing',
        occasion: pull.id,
        about: aboutSource(source),
        facts,
        at: now(),
      });
    }
    return forgotten;
  });
  await store.remove(keys);
}
