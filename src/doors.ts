/** Fits the doors to the house: each door's own words for what it needs, made from what db, people and sync offer. */

import type { Webhooks } from './alert/webhook.ts';
import type { Limits } from './core/bundle.ts';
import { localDateOf } from './core/local-date.ts';
import { schedules } from './core/schedule.ts';
import { modeOn, settingsOf } from './core/source-settings.ts';
import { viewOf } from './core/source-view.ts';
import { accountById } from './db/accounts.ts';
import { audit } from './db/audit.ts';
import type { Pool } from './db/db.ts';
import { listDistricts, type SourceRow, sourceById, sourcesOf, uploadPath } from './db/districts.ts';
import { onboardingOf } from './db/onboarding.ts';
import { orgsOf } from './db/orgs.ts';
import { removalsSyncOf } from './db/past.ts';
import { newestOfSources, type RecentSync, recentSyncs } from './db/queries.ts';
import { findingsOf, listSyncs, ruleCountsOf, stepsOf, syncById } from './db/syncs.ts';
import { findingsKeyOf } from './db/turns.ts';
import { alertDeps } from './doors/alerts.ts';
import { connectionDeps, type SftpPlace } from './doors/connection.ts';
import { findingDeps } from './doors/findings.ts';
import { httpFormats } from './doors/formats.ts';
import { httpPulls } from './doors/http-pulls.ts';
import { httpPeople } from './doors/people.ts';
import type { Pulling } from './doors/pulls.ts';
import { httpRecords } from './doors/records.ts';
import { httpRosterPages } from './doors/roster-pages.ts';
import { httpRosters } from './doors/rosters.ts';
import { httpSearch } from './doors/search.ts';
import { httpSetUp } from './doors/set-up.ts';
import { httpSimplified } from './doors/simplified.ts';
import { trendDeps } from './doors/trends.ts';
import { httpUploads } from './doors/uploads.ts';
import type { HttpDeps, PlanCount, SourceFacts, SyncFacts } from './http/deps.ts';
import type { Log } from './log.ts';
import type { PeopleDeps } from './people/deps.ts';
import { useLink } from './people/links.ts';
import type { Provider } from './people/provider.ts';
import { createSession, endSession, sessionAccount } from './people/sessions.ts';
import { signInToConsole } from './people/sign-in.ts';
import type { Archive } from './sync/archive.ts';
import { decide, removalsWait } from './sync/decide.ts';
import { deliveredFile } from './sync/delivered.ts';
import type { Inbox } from './sync/inbox.ts';
import { lateSources } from './sync/lateness.ts';
import { looks } from './sync/look.ts';
import { originWords } from './sync/origin.ts';
import { retry } from './sync/retry.ts';
import { previewFacts } from './sync/rewrite.ts';
import { setSourceSettings } from './sync/set-source.ts';
import type { TestDesk } from './sync/test-file.ts';
import { askForRollback, previewRollback } from './sync/undo.ts';
import type { UploadDesk } from './sync/uploads.ts';
import { askForReset, previewReset } from './sync/year-reset.ts';
import type { Vault } from './vault.ts';

export type Shared = {
  db: Pool;
  tellWebhook: Webhooks['tryNow'];
  archive: Archive;
  inbox: Inbox;
  /** Checks files that are sent for a test. */
  tests: TestDesk;
  /** Takes what is sent from the console, in pieces. */
  uploads: UploadDesk;
  /** What the house runs with, without secrets. */
  houseFacts: HttpDeps['house'];
  enqueue(rosterId: string): Promise<void>;
  /** First part of every upload path. */
  vendor: string;
  reportsDir(sourceId: string): string;
  ready(): boolean;
  now(): Date;
  log: Log;
  people: PeopleDeps;
  vault: Vault;
  pulling: Pulling;
  /** Has the pull of a source looked at soon. */
  pullSoon(sourceId: string): Promise<void>;
  /** Null when none is set up. */
  provider: Provider | null;
  /** The SFTP server as districts reach it; undefined while it does not run here. */
  sftpPlace(): SftpPlace | undefined;
  /** Largest file that is taken. */
  fileLimitBytes: number;
  /** How much a delivery may unpack to. */
  limits: Limits;
  /** Private folder for what is being worked on. */
  tempDir: string;
};

/** What the console needs. */
export function httpDeps(shared: Shared): HttpDeps {
  const { db, archive, enqueue, vendor, ready, now, log, people, provider, tellWebhook } = shared;
  return {
    ready,
    signIn: (attempt) => signInToConsole(db, people.vault, attempt),
    useLink: (token, address) => useLink(db, { token, address, now: now() }),
    createSession: (accountId) => createSession(db, accountId),
    sessionAccount: (token) => sessionAccount(db, token),
    endSession: (token) => endSession(db, token),
    audit: (entry) => audit(db, entry),
    people: httpPeople(people, log),
    provider,
    setUp: httpSetUp(people, vendor),
    districts: (scope) => listDistricts(db, scope),
    async sources(scope) {
      const sources = await sourcesOf(db, scope);
      const at = now();
      const late = await lateSources(db, sources, at, scope);
      return sources.map((source) => sourceFacts(source, vendor, at, late.get(source.id)));
    },
    async newest(scope) {
      return mapped(await newestOfSources(db, scope), ({ decision, ...rest }) => ({
        ...rest,
        decision: decided(decision),
      }));
    },
    recentSyncs: async (sourceIds, each) =>
      mapped(await recentSyncs(db, sourceIds, each), (syncs) => syncs.map(syncFacts)),
    syncs: async (scope) => (await listSyncs(db, scope)).map(syncFacts),
    async sync(id) {
      const sync = isUuid(id) ? await syncById(db, id) : undefined;
      return sync && syncFacts(sync);
    },
    steps: (syncId) => stepsOf(db, syncId),
    ruleCounts: (syncId) => ruleCountsOf(db, syncId),
    findings: (syncId, range) => findingsOf(db, syncId, range),
    ...findingDeps(db),
    async findingsFile(syncId) {
      const sync = await syncById(db, syncId);
      const key = sync && (await findingsKeyOf(db, sync.rosterId, syncId));
      return key === undefined ? undefined : archive.get(key);
    },
    async decide(decision) {
      const account = await accountById(db, decision.accountId);
      const { rosterId } = await decide(db, { ...decision, by: account?.email ?? null }, now());
      await enqueue(rosterId);
    },
    plans: looks(db),
    alerts: alertDeps({ ...people, tellWebhook }),
    undo: undoDeps({ db, enqueue, now }),
    async removalsSync(id) {
      const sync = isUuid(id) ? await syncById(db, id) : undefined;
      return sync && sync.waiting > 0 ? removalsSyncOf(db, sync) : undefined;
    },
    async retry({ accountId, ...request }) {
      const account = await accountById(db, accountId);
      const next = await retry(db, { ...request, accountId, by: account?.email ?? '' });
      await enqueue(next.rosterId);
      return { id: next.id, number: next.number };
    },
    records: httpRecords(db, now),
    search: httpSearch(people),
    rosters: httpRosters(shared),
    rosterPages: httpRosterPages(db, now),
    trends: trendDeps(db, now),
    uploads: httpUploads(shared),
    house: shared.houseFacts,
    onboarding: (districtId) => onboardingOf(db, districtId),
    pulls: httpPulls(shared),
    formats: httpFormats(shared),
    simplified: httpSimplified(shared),
    delivery: (syncId, who) => deliveredFile({ db, archive }, syncId, who),
    orgs: (districtId) => orgsOf(db, districtId),
    connections: connectionDeps(db, people, { ...shared, place: shared.sftpPlace }),
    async sourceSettings(id) {
      const source = isUuid(id) ? await sourceById(db, id) : undefined;
      return source && viewOf(source, localDateOf(now(), source.district.timeZone));
    },
    async setSource(change) {
      const { source } = await setSourceSettings(db, change, now());
      await enqueue(source.rosterId);
    },
  };
}

function undoDeps({ db, enqueue, now }: Pick<Shared, 'db' | 'enqueue' | 'now'>): HttpDeps['undo'] {
  const queued = async ({ rosterId, ...added }: Awaited<ReturnType<typeof askForRollback>>) => {
    await enqueue(rosterId);
    return added;
  };
  return {
    previewRollback: async (of) => previewFacts(await previewRollback(db, of)),
    rollback: async (of, asked) => queued(await askForRollback(db, of, asked, now())),
    previewReset: async (of) => previewFacts(await previewReset(db, of)),
    resetYear: async (of, asked) => queued(await askForReset(db, of, asked, now())),
  };
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

function mapped<K, V, W>(map: Map<K, V>, change: (value: V) => W | undefined): Map<K, W> {
  const entries = [...map].map(([key, value]) => [key, change(value)] as const);
  return new Map(entries.filter((entry): entry is readonly [K, W] => entry[1] !== undefined));
}

const sourceFacts = (source: SourceRow, vendor: string, at: Date, late: string | undefined): SourceFacts => ({
  id: source.id,
  name: source.name,
  kind: source.kind,
  format: source.format,
  mode: modeOn(source, localDateOf(at, source.district.timeZone)),
  needsFull: source.needsFull,
  due: dueWords(source),
  late: late ?? null,
  rosterId: source.rosterId,
  district: source.district,
  product: source.product,
  uploadPath: source.kind === 'sftp' ? uploadPath(vendor, source) : null,
});

/** `daily 03:00`, in the time zone of the district unless it names another. */
function dueWords(source: SourceRow): string | null {
  const { schedule } = settingsOf(source);
  return schedule.days.length > 0 ? schedules.show(schedule) : null;
}

function syncFacts(sync: RecentSync): SyncFacts {
  const { delivery, decision, hold } = sync;
  return {
    id: sync.id,
    number: sync.number,
    sourceId: sync.sourceId,
    districtId: sync.district.id,
    state: sync.state,
    dryRun: sync.dryRun,
    createdAt: sync.createdAt,
    startedAt: sync.startedAt,
    finishedAt: sync.finishedAt,
    origin: originWords(sync) ?? null,
    delivery: delivery && {
      name: delivery.name,
      sizeBytes: delivery.sizeBytes,
      sha256: delivery.sha256,
      receivedAt: delivery.receivedAt,
    },
    plan: planCounts(sync),
    tables: sync.tables,
    findingCounts: sync.findingCounts,
    holdReasons: hold?.reasons ?? null,
    holdDetails: hold?.details ?? [],
    follows: sync.follows,
    removalsOnly: sync.removalsOnly,
    decision: decided(decision),
    removalsWait: removalsWait(sync),
    fault: sync.fault,
  };
}

const decided = (decision: RecentSync['decision']): SyncFacts['decision'] =>
  decision && {
    choice: decision.choice,
    by: decision.by ?? null,
    at: new Date(decision.at),
    reason: decision.reason ?? null,
  };

/** A record that is taken over from a person counts as one that changes. */
function planCounts({ plan }: RecentSync): SyncFacts['plan'] {
  if (!plan) return null;
  const counts = Object.entries(plan.kinds).map(([kind, { takeOver, update, ...count }]): [string, PlanCount] => {
    return [kind, { ...count, update: update + takeOver }];
  });
  return Object.fromEntries(counts);
}
