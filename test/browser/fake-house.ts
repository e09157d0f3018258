/** A house in memory for the console's tests: districts, sources and syncs in every state, from a fixed seed. */

import type { Finding } from '../../src/core/record.ts';
import { Refusal } from '../../src/core/refusal.ts';
import { changeSource, refuseBeyond } from '../../src/core/source-change.ts';
import type { StoredSource } from '../../src/core/source-settings.ts';
import { viewOf } from '../../src/core/source-view.ts';
import type { Kind } from '../../src/core/tables.ts';
import type {
  Account,
  AuditEntry,
  Decision,
  DistrictFacts,
  HttpDeps,
  NewestFacts,
  OnboardingFacts,
  PlanCount,
  SourceFacts,
  StepFacts,
  SyncFacts,
  SyncState,
} from '../../src/http/deps.ts';
import { fakeAlerts } from './fake-alerts.ts';
import { fakeConnections } from './fake-connections.ts';
import { fakeFacts } from './fake-facts.ts';
import { fakeFindingSearch, fatalFindings, mixedFindings, ruleCountsOf } from './fake-findings.ts';
import { fakeFormats } from './fake-formats.ts';
import { fakePeople, fakeSetUp } from './fake-people.ts';
import { fakePlans } from './fake-plans.ts';
import { fakePulls } from './fake-pulls.ts';
import { fakeRecords } from './fake-records.ts';
import { fakeRosterPages } from './fake-roster-pages.ts';
import { fakeRosters } from './fake-rosters.ts';
import { fakeSearch } from './fake-search.ts';
import { fakeSimplified } from './fake-simplified.ts';
import { fakeTrends } from './fake-trends.ts';
import { fakeUndo } from './fake-undo.ts';
import { fakeUploads } from './fake-uploads.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export type FakeHouse = {
  deps: HttpDeps;
  people: Record<'owner' | 'administrator' | 'viewer', Account>;
  syncs: Map<string, SyncFacts>;
  sessions: Map<string, string>;
  decisions: Decision[];
  audits: AuditEntry[];
  /** Names of the workbooks of each school that was added. */
  schoolsAdded: string[][];
  /** What is stored of each source, by its id. */
  settings: Map<string, StoredSource>;
  ready: boolean;
  newLink(accountId: string): string;
  /** Puts a sync into a state, as the pipeline would. */
  setState(id: string, state: SyncState): void;
};

export const password = 'correct horse battery';
/** Names of the syncs that tests look at. */
export const named = {
  held: 'sync-lakeview-literacy-15',
  applied: 'sync-bay-city-math-15',
  rejected: 'sync-northside-literacy-15',
  failed: 'sync-quarry-ridge-math-15',
  running: 'sync-cedar-falls-math-15',
} as const;

const vendorProducts = [
  { slug: 'literacy', name: 'Literacy' },
  { slug: 'math', name: 'Math' },
];

const districtNames = [
  'Lakeview Unified',
  'Hill County',
  'Northside',
  'Bay City',
  'Quarry Ridge',
  'Cedar Falls',
  'Maple Grove',
  'Stone Creek',
  'Elk Prairie',
  'Harbor Point',
  'Juniper Valley',
  'Fox Meadow',
  'Silver Lake',
  'Willow Bend',
  'Granite Peak',
  'Oak Hollow',
  'Pine Bluff Union',
  'Red Canyon',
  'Sandhill',
  'Tamarack',
  'Wheatland Consolidated',
  'Birch Run',
  'Copper Basin',
  'Desert View',
];

/** @param now the moment to which all times relate. */
export function fakeHouse(now: Date = new Date()): FakeHouse {
  const districts = districtNames.map(districtAt);
  const sources = districts.flatMap(sourcesOf);
  const syncs = new Map<string, SyncFacts>();
  for (const source of sources) for (const sync of syncsOf(source, now)) syncs.set(sync.id, sync);
  const people = {
    owner: { id: 'a-owner', email: 'ana.ruiz@vendor.example', role: 'owner', districtId: null },
    administrator: { id: 'a-admin', email: 'lee@lakeview.example', role: 'administrator', districtId: 'd-lakeview' },
    viewer: { id: 'a-viewer', email: 'kim@lakeview.example', role: 'viewer', districtId: 'd-lakeview' },
  } satisfies Record<string, Account>;
  const house: Omit<FakeHouse, 'deps'> = {
    people,
    syncs,
    sessions: new Map(),
    decisions: [],
    audits: [],
    schoolsAdded: [],
    settings: new Map(
      sources.map(({ id, mode }) => [
        id,
        { mode, trustFirst: false, format: 'auto', profile: 'default' as const, settings: {} },
      ]),
    ),
    ready: true,
    newLink: () => '',
    setState: (id, state) => void syncs.set(id, { ...(syncs.get(id) as SyncFacts), state }),
  };
  return Object.assign(house, { deps: depsOf(house, districts, sources) });
}

function depsOf(house: Omit<FakeHouse, 'deps'>, districts: DistrictFacts[], sources: SourceFacts[]): HttpDeps {
  const newestFirst = () =>
    [...house.syncs.values()].sort((a, b) => +b.createdAt - +a.createdAt || b.number - a.number);
  return {
    ready: () => house.ready,
    ...accountDeps(house),
    alerts: fakeAlerts(),
    plans: fakePlans(),
    undo: fakeUndo(),
    records: fakeRecords(),
    rosters: fakeRosters(),
    rosterPages: fakeRosterPages(),
    trends: fakeTrends(),
    formats: fakeFormats(),
    simplified: fakeSimplified((names) => void house.schoolsAdded.push(names)),
    connections: fakeConnections(),
    search: fakeSearch(house, districts),
    uploads: fakeUploads(house, sources),
    house: async () => fakeFacts,
    orgs: async () => [
      { sourcedId: 'org-1', name: 'Lakeview Unified', type: 'district' },
      { sourcedId: 'org-2', name: 'Hill Elementary', type: 'school', parentSourcedId: 'org-1' },
    ],
    onboarding: async (id) =>
      sources.filter(({ district }) => district.id === id).map((source) => onboarded(house, source)),
    pulls: fakePulls(),
    delivery: async () => ({ name: 'roster.zip', sizeBytes: 2, bytes: (async function* () {})() }),
    audit: async (entry) => void house.audits.push(entry),
    people: fakePeople(house),
    provider: null,
    setUp: fakeSetUp(),
    districts: async ({ districtId }) => districts.filter(({ id }) => !districtId || id === districtId),
    sources: async ({ districtId }) => sources.filter(({ district }) => !districtId || district.id === districtId),
    newest: async ({ districtId }) => {
      const newest = new Map<string, NewestFacts>();
      for (const sync of newestFirst()) {
        if ((!districtId || sync.districtId === districtId) && !newest.has(sync.sourceId))
          newest.set(sync.sourceId, { ...sync, format: sync.state === 'rejected' ? null : 'oneroster-csv' });
      }
      return newest;
    },
    recentSyncs: async (ids, each) =>
      new Map(
        ids.map((id) => [
          id,
          newestFirst()
            .filter(({ sourceId }) => sourceId === id)
            .slice(0, each),
        ]),
      ),
    syncs: async ({ districtId, sourceId, states, before, limit }) => {
      const all = newestFirst().filter(
        (sync) =>
          (!districtId || sync.districtId === districtId) &&
          (!sourceId || sync.sourceId === sourceId) &&
          (!states || states.includes(sync.state)),
      );
      const from = before ? all.findIndex(({ id }) => id === before) + 1 : 0;
      return all.slice(from, from + limit);
    },
    sync: async (id) => house.syncs.get(id),
    steps: async (id) => stepsOf(house.syncs.get(id)),
    ruleCounts: async (id) => ruleCountsOf(findingsOf(house.syncs.get(id))),
    findings: async (id, { rule, limit, offset }) =>
      findingsOf(house.syncs.get(id))
        .filter((each) => !rule || each.rule === rule)
        .slice(offset, offset + limit),
    ...fakeFindingSearch((id) => findingsOf(house.syncs.get(id))),
    findingsFile: async () => undefined,
    decide: async (decision) => {
      house.decisions.push(decision);
      const sync = house.syncs.get(decision.syncId) as SyncFacts;
      house.syncs.set(sync.id, {
        ...sync,
        state: decision.choice === 'discard' ? 'discarded' : 'applied',
        decision: { choice: decision.choice, by: house.people.owner.email, at: new Date(), reason: decision.reason },
        removalsWait: decision.choice === 'apply additions and updates',
        finishedAt: new Date(),
      });
    },
    removalsSync: async () => undefined,
    retry: async ({ syncId }) => ({ id: syncId, number: house.syncs.get(syncId)?.number ?? 0 }),
    async sourceSettings(id) {
      const source = house.settings.get(id);
      return source && viewOf(source, '2026-11-21');
    },
    async setSource({ sourceId, changes, forATime, by, asAdministrator }) {
      const source = house.settings.get(sourceId) as StoredSource;
      if (asAdministrator) refuseBeyond(source, Object.keys(changes));
      const context = { day: '2026-11-21', by, at: new Date('2026-11-21T12:00:00Z') };
      house.settings.set(sourceId, changeSource(source, changes, context, forATime).source);
    },
  };
}

function accountDeps(
  house: Omit<FakeHouse, 'deps'>,
): Pick<HttpDeps, 'signIn' | 'useLink' | 'createSession' | 'sessionAccount' | 'endSession'> {
  const links = new Map<string, { accountId: string; usedAt: Date | null }>();
  const account = (id: string) => Object.values(house.people).find((each) => each.id === id) as Account;
  house.newLink = (accountId) => {
    const token = `link-${links.size + 1}-${'x'.repeat(32)}`;
    links.set(token, { accountId, usedAt: null });
    return token;
  };
  return {
    signIn: async ({ email, password: given }) => {
      const found = Object.values(house.people).find((each) => each.email === email);
      if (!found || given !== password) {
        throw new Refusal('sign-in-refused', 401, 'This email address and password do not belong together.');
      }
      return found;
    },
    useLink: async (token) => {
      const link = links.get(token);
      if (!link) throw new Refusal('link-unknown', 410, 'This link is not known or has expired. Ask for a new one.');
      if (link.usedAt) throw new Refusal('link-used', 410, 'This link was used already. Ask for a new one.');
      link.usedAt = new Date();
      return account(link.accountId);
    },
    createSession: async (accountId) => {
      const token = `session-${house.sessions.size + 1}-${Math.random()}`;
      house.sessions.set(token, accountId);
      return token;
    },
    sessionAccount: async (token) => {
      const id = house.sessions.get(token);
      return id ? account(id) : undefined;
    },
    endSession: async (token) => void house.sessions.delete(token),
  };
}

function districtAt(name: string, index: number): DistrictFacts {
  const slug = name
    .toLowerCase()
    .replace(/ (unified|union|consolidated)$/, '')
    .replaceAll(' ', '-');
  return { id: `d-${slug}`, name, siteCode: String(1_234_567 + index * 7_919), slug, timeZone: 'America/Denver' };
}

function sourcesOf(district: DistrictFacts, index: number): SourceFacts[] {
  const slugs = index % 3 === 0 ? ['literacy', 'math'] : index % 2 === 0 || index < 3 ? ['literacy'] : ['math'];
  if (district.slug === 'quarry-ridge') slugs.splice(0, 9, 'math');
  return slugs.map((slug) => ({
    id: `s-${district.slug}-${slug}`,
    name: district.slug === 'cedar-falls' ? 'OneRoster API' : 'Nightly export',
    kind: district.slug === 'cedar-falls' ? ('pull' as const) : ('sftp' as const),
    format: district.slug === 'bay-city' ? 'clever-sftp' : 'auto',
    mode: district.slug === 'tamarack' ? ('paused' as const) : ('active' as const),
    needsFull: false,
    due: 'daily 03:00',
    late: district.slug === 'hill-county' ? 'Nothing since Thursday 02:41; due 03:00 daily.' : null,
    rosterId: `r-${district.slug}-${slug}`,
    district,
    product: vendorProducts.find((product) => product.slug === slug) as (typeof vendorProducts)[number],
    uploadPath: `/imagine/${district.siteCode}-${district.slug}/${slug}`,
  }));
}

function syncsOf(source: SourceFacts, now: Date): SyncFacts[] {
  const next = random(source.id);
  if (source.district.slug === 'wheatland') return [];
  const late = source.late ? 2 * DAY : 0;
  return Array.from({ length: 15 }, (_, index) => {
    const number = index + 1;
    const id = `sync-${source.district.slug}-${source.product.slug}-${number}`;
    const age = (15 - number) * DAY + late + (20 + Math.floor(next() * 600)) * MINUTE;
    const createdAt = new Date(now.getTime() - age);
    const state: SyncState = index === 14 ? lastState(id) : next() < 0.12 ? 'unchanged' : 'applied';
    return syncAt({ id, number, source, createdAt, state, next });
  });
}

function lastState(id: string): SyncState {
  if (id === named.held) return 'held';
  if (id === named.rejected) return 'rejected';
  if (id === named.failed) return 'failed';
  return id === named.running ? 'checking' : 'applied';
}

type SyncAt = {
  id: string;
  number: number;
  source: SourceFacts;
  createdAt: Date;
  state: SyncState;
  next: () => number;
};

function syncAt({ id, number, source, createdAt, state, next }: SyncAt): SyncFacts {
  const over = !['checking', 'held'].includes(state);
  const planned = ['applied', 'held'].includes(state);
  const first = number === 1;
  const plan = planned ? (state === 'held' ? heldPlan : planFrom(next, first ? 8 : 1)) : null;
  const findings = findingsOf({ id, state } as SyncFacts);
  return {
    id,
    number,
    sourceId: source.id,
    districtId: source.district.id,
    state,
    createdAt,
    startedAt: createdAt,
    finishedAt: over ? new Date(createdAt.getTime() + 9_400) : null,
    origin: null,
    delivery: {
      name: 'OneRoster.zip',
      sizeBytes: 1_482_113,
      sha256: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
      receivedAt: createdAt,
    },
    plan,
    tables: state === 'rejected' ? [] : tablesFrom(plan),
    findingCounts: Object.fromEntries(
      ruleCountsOf(findings).map(({ severity }) => [
        severity,
        findings.filter((each) => each.severity === severity).length,
      ]),
    ),
    removalsWait: false,
    holdDetails: [],
    follows: null,
    removalsOnly: false,
    holdReasons:
      state === 'held'
        ? [
            'This delivery would remove 412 of 2,940 enrollments (14 %; the limit is 10 %). All are at Hill Elementary, whose 18 classes are missing from classes.csv.',
          ]
        : null,
    decision: null,
    fault: state === 'failed' ? 'The database could not be reached after five attempts' : null,
  };
}

const plan = (live: number, create: number, update: number, archive: number, leftOut = 0): PlanCount => ({
  live,
  create,
  update,
  archive,
  reactivate: 0,
  unchanged: live - update - archive,
  leftOut,
});
type Plan = Partial<Record<Kind, PlanCount>>;

const heldPlan: Plan = {
  orgs: plan(5, 0, 0, 0),
  academicSessions: plan(6, 0, 0, 0),
  courses: plan(64, 0, 0, 0),
  classes: plan(212, 0, 4, 18),
  users: plan(2_381, 12, 31, 3, 2),
  enrollments: plan(2_940, 40, 0, 412, 9),
};

function planFrom(next: () => number, times: number): Plan {
  const upTo = (most: number) => Math.floor(next() * most * times);
  return {
    orgs: plan(5, 0, upTo(2), 0),
    academicSessions: plan(6, 0, 0, 0),
    courses: plan(64, upTo(3), upTo(6), 0),
    classes: plan(212, upTo(9), upTo(30), upTo(4)),
    users: plan(2_381, upTo(60), upTo(160), upTo(25), 1),
    demographics: plan(2_015, upTo(40), upTo(30), upTo(20)),
    enrollments: plan(12_940, upTo(420), upTo(160), upTo(260), 9),
  };
}

function tablesFrom(from: Plan | null): SyncFacts['tables'] {
  return Object.entries(from ?? heldPlan).map(([kind, each]) => ({
    kind: kind as Kind,
    file: `${kind}.csv`,
    mode: 'bulk' as const,
    rows: each.live + each.create - each.archive + each.leftOut,
    leftOut: each.leftOut,
    unidentified: 0,
  }));
}

function stepsOf(sync: SyncFacts | undefined): StepFacts[] {
  if (!sync) return [];
  const start = sync.createdAt.getTime();
  const step = (name: string, from: number, to: number | null): StepFacts => ({
    step: name,
    startedAt: new Date(start + from),
    finishedAt: to === null ? null : new Date(start + to),
  });
  if (sync.state === 'checking') return [step('received', 0, 40), step('checking', 900, null)];
  const all = [
    step('received', 0, 40),
    step('checking', 900, 5_300),
    step('comparing', 5_300, 7_100),
    step('applying', 7_100, 9_400),
  ];
  if (sync.state === 'rejected') return all.slice(0, 2);
  return sync.state === 'applied' ? all : all.slice(0, 3);
}

function findingsOf(sync: SyncFacts | undefined): Finding[] {
  if (!sync) return [];
  if (sync.state === 'rejected') return fatalFindings();
  return sync.id === named.held || sync.id === named.applied ? mixedFindings() : [];
}

function onboarded(house: Omit<FakeHouse, 'deps'>, source: SourceFacts): OnboardingFacts {
  const own = [...house.syncs.values()].filter(({ sourceId }) => sourceId === source.id);
  const first = own[0]?.createdAt ?? null;
  const appliedAt = own.find(({ state }) => state === 'applied')?.finishedAt ?? null;
  const invitedAt = new Date('2026-09-01T15:00:00Z');
  const passwordSetAt = source.district.slug === 'wheatland' ? null : new Date('2026-09-02T15:00:00Z');
  return { sourceId: source.id, invitedAt, passwordSetAt, firstFileAt: first, checkedAt: first, appliedAt };
}

/** Numbers from 0 to 1, the same for the same seed. */
function random(seed: string): () => number {
  let state =
    [...seed].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16_777_619), 2_166_136_261) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
