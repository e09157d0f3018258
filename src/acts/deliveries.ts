/** Acts on deliveries: put one, follow it, read what became of it, decide about it. */
import { readdir, stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { localDateOf } from '../core/local-date.ts';
import { Refusal } from '../core/refusal.ts';
import { modeOn } from '../core/source-settings.ts';
import * as districts from '../db/districts.ts';
import { removalsSyncOf } from '../db/past.ts';
import type { SyncRow } from '../db/queries.ts';
import { type Choice, listSyncs, ruleCountsOf, stepsOf } from '../db/syncs.ts';
import { countsMade, decide } from '../sync/decide.ts';
import { originWords } from '../sync/origin.ts';
import { reportOf } from '../sync/publish.ts';
import { retry } from '../sync/retry.ts';
import { type ActsDeps, noted, operator } from './deps.ts';
import { chooseSource, scopeOf, syncOf, type Which } from './lookups.ts';

export function deliveryActs(deps: ActsDeps) {
  const { db } = deps;
  return {
    /**
     * Takes a zip, a CSV file or a folder of CSV files from this machine's disk as a delivery. A dry run does everything
     * but apply.
     */
    async sync({
      path,
      source: name,
      dryRun = false,
      ...which
    }: Which & { path: string; source?: string; dryRun?: boolean }) {
      const source = await chooseSource(db, which, name);
      const received = await filesOf(path, deps);
      const { delivery, sync } = await deps.inbox.receive({ source, ...received, dryRun });
      await noted(db, dryRun ? 'delivery tried' : 'delivery put', delivery.id);
      return { sync: sync.id, number: sync.number };
    },

    /** How far a sync has come, and what it has come to. */
    async follow({ sync: id }: { sync: string }) {
      const sync = await syncOf(db, id);
      const steps = await stepsOf(db, id);
      const source = await districts.sourceById(db, sync.sourceId);
      return {
        ...syncFacts(sync),
        /** Everything but apply was done. */
        dryRun: sync.dryRun,
        step: sync.step,
        steps: steps.map(({ step, startedAt, finishedAt, detail }) => ({ step, startedAt, finishedAt, detail })),
        tables: sync.tables,
        plan: sync.plan?.kinds ?? null,
        findings: sync.findingCounts,
        rules: await ruleCountsOf(db, id),
        reasons: sync.hold?.reasons ?? [],
        /** The same as data. */
        holdReasons: sync.hold?.details ?? [],
        /** The sync that holds the removals which were left waiting when this one was applied. */
        removals: sync.waiting > 0 ? ((await removalsSyncOf(db, sync)) ?? null) : null,
        /** Number of the sync whose delivery it goes through again. */
        follows: sync.follows,
        /** It was held, a person has decided, and that is not carried out yet. */
        decided: sync.state === 'held' && sync.decision !== null,
        /** Nothing happens to it until a person does something about the source, or about the delivery before it. */
        waits: sync.state === 'received' && (sync.hold?.waits === true || isPaused(source, deps.now())),
        fault: sync.fault,
      };
    },

    /** Takes a failed sync up again, or goes through the delivery of another one again. */
    async retry({ sync: id }: { sync: string }) {
      const { id: syncId } = await syncOf(db, id);
      const next = await retry(db, { syncId, accountId: null, by: operator });
      await deps.enqueue(next.rosterId);
      return { sync: next.id, number: next.number };
    },

    /** The text that the people of the district read. */
    async report({ sync, mostRules }: { sync: string; mostRules?: number }) {
      return (await reportOf(db, (await syncOf(db, sync)).id, mostRules)) ?? '';
    },

    /** Newest first. */
    async history({ limit = 50, ...which }: Partial<Which> & { limit?: number }) {
      const scope = await scopeOf(db, which);
      const rows = await listSyncs(db, { ...scope, limit: Math.min(Math.max(1, limit), 1000) });
      return rows.map(syncFacts);
    },

    async decide({ sync, choice, reason }: { sync: string; choice: Choice; reason?: string }) {
      const { id } = await syncOf(db, sync);
      const decision = { syncId: id, choice, accountId: null, by: operator, reason: reason ?? null };
      const { rosterId } = await decide(db, decision, deps.now());
      await deps.enqueue(rosterId);
      return { sync: id };
    },
  };
}

const isPaused = (source: districts.SourceRow | undefined, at: Date): boolean =>
  source !== undefined && modeOn(source, localDateOf(at, source.district.timeZone)) === 'paused';

const syncFacts = (sync: SyncRow) => ({
  id: sync.id,
  number: sync.number,
  district: sync.district.siteCode,
  districtName: sync.district.name,
  product: sync.product.slug,
  source: sync.source.name,
  fileName: sync.delivery?.name ?? null,
  origin: sync.origin,
  /** `Rollback of sync 4`; null for a delivery. */
  originWords: originWords(sync) ?? null,
  state: sync.state,
  receivedAt: sync.delivery?.receivedAt ?? sync.createdAt,
  finishedAt: sync.finishedAt,
  counts: countsMade(sync),
});

type Files = { name: string; path: string } | { name: string; files: { name: string; path: string }[] };

async function filesOf(path: string, deps: ActsDeps): Promise<Files> {
  if (!isAbsolute(path)) throw new Refusal('path', 400, `The path must be absolute: ${path}`);
  const facts = await stat(path).catch(() => undefined);
  if (!facts) throw new Refusal('path', 404, `There is no file or folder ${path}.`);
  if (!facts.isDirectory()) return { name: basename(path), path: await measured(path, facts.size, deps) };
  const names = (await readdir(path)).filter((name) => /\.csv$/i.test(name)).sort();
  if (names.length === 0) throw new Refusal('path', 400, `The folder ${path} holds no CSV files.`);
  if (names.length > deps.filesLimit)
    throw new Refusal('path', 400, `The folder ${path} holds more than ${deps.filesLimit} CSV files.`);
  const files = [];
  for (const name of names) {
    const file = join(path, name);
    files.push({ name, path: await measured(file, (await stat(file)).size, deps) });
  }
  return { name: basename(path), files };
}

async function measured(path: string, sizeBytes: number, deps: ActsDeps): Promise<string> {
  if (sizeBytes <= deps.uploadLimitBytes) return path;
  throw new Refusal(
    'too-large',
    413,
    `${path} is larger than ${deps.uploadLimitBytes} bytes, the largest file that is taken.`,
  );
}
