/** What the HTTP door needs from the house: facts in its own words, so that the door can be tested alone. */

import type { SourceMode } from '../core/calendar.ts';
import type { RecordChange } from '../core/changes.ts';
import type { HoldReason } from '../core/guard.ts';
import type { Action, SchoolPlan } from '../core/plan.ts';
import type { Finding, Severity, TableCount } from '../core/record.ts';
import type { ForATime, SettingChanges } from '../core/source-change.ts';
import type { SourceView } from '../core/source-view.ts';
import type { Kind } from '../core/tables.ts';
import type { Log } from '../log.ts';
import type { AlertDeps } from './alert-deps.ts';
import type { ConnectionDeps } from './connection-deps.ts';
import type { FormatDeps } from './format-deps.ts';
import type { HouseFacts } from './house-routes.ts';
import type { PeopleDeps, ProviderDeps } from './people-deps.ts';
import type { PullHttpDeps } from './pull-deps.ts';
import type { RecordDeps } from './record-deps.ts';
import type { RosterDeps } from './roster-deps.ts';
import type { RosterPageDeps } from './roster-page-deps.ts';
import type { SearchDeps } from './search-deps.ts';
import type { SetUpDeps } from './set-up-deps.ts';
import type { SimplifiedDeps } from './simplified-deps.ts';
import type { TrendDeps } from './trend-deps.ts';
import type { UndoDeps } from './undo-deps.ts';
import type { UploadDeps } from './upload-deps.ts';

export type Role = 'owner' | 'operator' | 'administrator' | 'viewer';
/** `districtId` is null for the vendor's own people, who see every district. */
export type Account = { id: string; email: string; role: Role; districtId: string | null };

export type DistrictFacts = { id: string; name: string; siteCode: string; slug: string; timeZone: string };

/** When each station of a source was first reached; null when it was not yet. */
export type OnboardingFacts = {
  sourceId: string;
  invitedAt: Date | null;
  passwordSetAt: Date | null;
  firstFileAt: Date | null;
  /** A delivery could be read as its format. */
  checkedAt: Date | null;
  appliedAt: Date | null;
};

export type { SourceMode } from '../core/calendar.ts';
export type SourceFacts = {
  id: string;
  name: string;
  kind: 'sftp' | 'upload' | 'pull';
  /** As it is set: the id of a format, or `auto`. */
  format: string;
  /** The mode that holds now, with the calendar. */
  mode: SourceMode;
  /** Deltas wait for the next bulk delivery. */
  needsFull: boolean;
  /** When something is due, as people type it; null when nothing is expected. */
  due: string | null;
  /** One sentence when nothing has arrived by the time it was due; else null. */
  late: string | null;
  rosterId: string;
  district: DistrictFacts;
  product: { slug: string; name: string };
  /** Where files are put, for SFTP; null for the other kinds. */
  uploadPath: string | null;
};

export type SyncState =
  | 'received'
  | 'checking'
  | 'comparing'
  | 'applying'
  | 'applied'
  | 'unchanged'
  | 'rejected'
  | 'held'
  | 'superseded'
  | 'discarded'
  | 'failed'
  | 'rolled back';

/** Records of one kind by what a sync does to them; `live` is how many there were before it. */
export type PlanCount = {
  create: number;
  update: number;
  archive: number;
  reactivate: number;
  unchanged: number;
  leftOut: number;
  live: number;
};

export type Choice = 'apply all' | 'apply additions and updates' | 'discard';

export type SyncFacts = {
  id: string;
  /** Counts within the roster, from 1. */
  number: number;
  sourceId: string;
  districtId: string;
  state: SyncState;
  /** Everything but apply was done; nobody but who asked for it was told. */
  dryRun?: boolean;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** What it comes from when that is no delivery: `Rollback of sync 4`; else null. */
  origin: string | null;
  /** Null for a sync that no delivery caused (a rollback). */
  delivery: { name: string; sizeBytes: number; sha256: string; receivedAt: Date } | null;
  plan: Partial<Record<Kind, PlanCount>> | null;
  tables: TableCount[] | null;
  findingCounts: Partial<Record<Severity, number>> | null;
  /** One sentence per reason, with numbers; only while or after it was held. */
  holdReasons: string[] | null;
  /** The same as data. */
  holdDetails: HoldReason[];
  /** Number of the sync whose delivery it goes through again; null for most. */
  follows: number | null;
  /** It is about nothing but the removals that were left waiting of that delivery. */
  removalsOnly: boolean;
  decision: { choice: Choice; by: string | null; at: Date; reason: string | null } | null;
  /** Applied, but for its removals: a person kept them waiting, or the source takes additions only. */
  removalsWait: boolean;
  /** One plain sentence, no stack; only when failed. */
  fault: string | null;
};

/** Of the newest sync of a source, what its state follows from. `format` is null until it was recognised. */
export type NewestFacts = Pick<SyncFacts, 'state' | 'decision' | 'holdReasons'> & { format: string | null };

/** `step` is `checking`, `comparing` or `applying`; others are not shown. */
export type StepFacts = { step: string; startedAt: Date; finishedAt: Date | null };
export type RuleCount = { rule: string; severity: Severity; count: number };

export type FindingFilter = {
  rule?: string;
  /** Words anywhere in a finding, or findings of these rules. `placesOnly`: not in keys, values or messages. */
  search?: { words: string; rules: string[]; placesOnly: boolean };
  /** Only those that the delivery before had not. */
  onlyNew?: boolean;
};
export type FindingNews = {
  since: { id: string; number: number; at: Date };
  /** New findings by rule; rules without any are absent. */
  added: Record<string, number>;
  /** Rules of the delivery before that this one does not break any more. */
  fixed: RuleCount[];
};

/** What a person saw and chose; the counts are stored with the decision. */
export type Decision = {
  syncId: string;
  choice: Choice;
  counts: { added: number; changed: number; removed: number };
  reason: string | null;
  accountId: string;
  /** Network address. */
  address: string;
};

/** What a person sets of a source; see `src/core/source-settings.ts` for the names. */
export type SettingsChange = {
  sourceId: string;
  changes: SettingChanges;
  /** For thresholds that hold for a time only. */
  forATime?: ForATime;
  accountId: string;
  /** Email address. */
  by: string;
  /** Network address. */
  address: string;
  /** An administrator of the district changes only what the vendor allows. */
  asAdministrator: boolean;
};

export type AuditEntry = {
  /** Null for strangers. */
  accountId: string | null;
  address: string;
  act: string;
  object?: string;
  detail?: Record<string, unknown>;
};

/** What a sync would do, or did. Refusals are thrown where nothing is kept of it. */
export type PlanDeps = {
  /** By kind and school, most removals first. */
  bySchool(syncId: string): Promise<SchoolPlan[]>;
  /** A page of changes, credentials hidden. */
  changes(
    syncId: string,
    page: ChangesFilter & { after?: string; limit: number },
  ): Promise<{ from: 'plan' | 'history' | null; outdated: boolean; changes: RecordChange[]; next: string | null }>;
  /** All changes, in pages. */
  all(syncId: string, filter: ChangesFilter): AsyncIterable<RecordChange[]>;
};
/** `school` is a sourcedId. */
type ChangesFilter = { kind?: Kind; action?: Action; school?: string };

/**
 * Every list takes the district a person is bound to and must obey it; `undefined` means all districts. Refusals are
 * thrown as `Refusal`.
 */
export type HttpDeps = {
  /** True once every door is open; behind GET /healthz. */
  ready(): boolean | Promise<boolean>;

  /** @throws Refusal `second-factor` when a code is needed as well. */
  signIn(attempt: { email: string; password: string; code?: string | undefined; address: string }): Promise<Account>;
  /** Uses a sign-in link up. Throws a Refusal that says when it was used or that it has expired. */
  useLink(token: string, address: string): Promise<Account>;
  createSession(accountId: string): Promise<string>;
  /** Undefined when the session is unknown, ended or expired, or its account is disabled. */
  sessionAccount(token: string): Promise<Account | undefined>;
  endSession(token: string): Promise<void>;
  audit(entry: AuditEntry): Promise<void>;
  people: PeopleDeps;
  /** Null when none is set up. */
  provider: ProviderDeps | null;
  setUp: SetUpDeps;

  districts(scope: { districtId?: string }): Promise<DistrictFacts[]>;
  sources(scope: { districtId?: string }): Promise<SourceFacts[]>;
  /** Active orgs of the district by OneRoster's names, of the roster that has most of them; at most 5,000. */
  orgs(districtId: string): Promise<Record<string, string>[]>;
  /** One row for each source of the district. */
  onboarding(districtId: string): Promise<OnboardingFacts[]>;
  /** How the newest sync of each source stands; sources without one are not in the map. */
  newest(scope: { districtId?: string }): Promise<Map<string, NewestFacts>>;
  /** The last `each` syncs of these sources, newest first. */
  recentSyncs(sourceIds: string[], each: number): Promise<Map<string, SyncFacts[]>>;
  /** Newest first; `before` is the id of the last sync already seen. */
  syncs(scope: {
    districtId?: string;
    sourceId?: string;
    states?: SyncState[];
    before?: string;
    limit: number;
  }): Promise<SyncFacts[]>;
  /** Undefined when there is none with this id, or the id is not one. */
  sync(id: string): Promise<SyncFacts | undefined>;
  steps(syncId: string): Promise<StepFacts[]>;
  /** Findings of a sync by rule, over all rows. */
  ruleCounts(syncId: string): Promise<RuleCount[]>;
  /** In the order of the delivery; the first thousand of each rule. */
  findings(syncId: string, range: { rule?: string; limit: number; offset: number }): Promise<Finding[]>;
  /** A page of findings that match, with the number of all that do; of each rule the first thousand are looked through. */
  findFindings(
    syncId: string,
    filter: FindingFilter,
    page: { limit: number; offset: number },
  ): Promise<{ total: number; rows: Finding[] }>;
  /** Of each of these rules the first rows that the delivery before had not. */
  firstNewFindings(syncId: string, rules: string[], each: number): Promise<Finding[]>;
  /** What is new since the delivery before, by rule, and which rules are broken no more; null without one before. */
  findingNews(syncId: string): Promise<FindingNews | null>;
  /** All findings as CSV (UTF-8, with a header); undefined when there are none, or they are not kept any more. */
  findingsFile(syncId: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  plans: PlanDeps;
  /** Stores the decision and notes it in the audit log; an approved sync is applied by the worker soon after. */
  decide(decision: Decision): Promise<void>;
  /** The sync that holds the removals which were left waiting when this one was applied. */
  removalsSync(syncId: string): Promise<{ id: string; number: number; state: SyncState } | undefined>;
  /** Takes a failed sync up again, or goes through the delivery of another one again; answers what is under way now. */
  retry(request: { syncId: string; accountId: string; address: string }): Promise<{ id: string; number: number }>;
  /** Undefined when there is no such source. */
  sourceSettings(sourceId: string): Promise<SourceView | undefined>;
  /** Changes all that is given or nothing, and notes it in the audit log. */
  setSource(change: SettingsChange): Promise<void>;

  /** Mails, alerts and webhooks. */
  alerts: AlertDeps;
  undo: UndoDeps;
  records: RecordDeps;
  rosters: RosterDeps;
  rosterPages: RosterPageDeps;
  trends: TrendDeps;
  connections: ConnectionDeps;
  formats: FormatDeps;
  simplified: SimplifiedDeps;
  search: SearchDeps;
  uploads: UploadDeps;
  /** What the house runs with, without secrets. */
  house(): Promise<HouseFacts>;
  /** A delivery as it was received; noted in the audit log. */
  delivery(
    syncId: string,
    who: { accountId: string; address: string },
  ): Promise<{ name: string; sizeBytes: number; bytes: AsyncIterable<Uint8Array> }>;
  /** APIs from which sources pull. */
  pulls: PullHttpDeps;
};

export type HttpOptions = {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Address in the browser when a proxy stands before the server, for example https://rosters.example.org; else ''. */
  publicUrl: string;
  /** Folder with the built console; see `consoleFolder` in static.ts. */
  consoleDir: string;
  /** Whether administrators of a district may decide about held syncs of their own. */
  administratorsDecide: boolean;
  log: Log;
};
