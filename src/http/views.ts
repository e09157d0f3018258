/** Facts of the house as the console shows them: words, counts by kind, and nothing that the person may not see. */

import type { Finding } from '../core/record.ts';
import { rules } from '../core/rules/index.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { Account, DistrictFacts, HttpDeps, SourceFacts, SourceMode, StepFacts, SyncFacts } from './deps.ts';
import {
  foundRows,
  isApproved,
  isRunning,
  plannedOf,
  sourceSentence,
  sourceState,
  syncSentence,
  syncWord,
  totalsOf,
} from './state.ts';

/** Deliveries shown as little bars beside a source. */
export const barCount = 14;
/** Findings for the eyes of this person: a district viewer sees no pupil data, so no key, no value and no quoted words. */
export function findingsFor(account: Account, findings: Finding[]): Finding[] {
  if (account.role !== 'viewer') return findings;
  return findings.map(({ key, value, message, ...rest }) => ({
    ...rest,
    ...(key === undefined ? {} : { key: masked }),
    ...(value === undefined ? {} : { value: masked }),
    message: rules.get(rest.rule)?.title ?? 'A row needs attention',
  }));
}
const masked = '•••';

/** A source as a row of a list; `recent` newest first. */
export async function sourceView(deps: HttpDeps, account: Account, source: SourceFacts, recent: SyncFacts[]) {
  const [latest] = recent;
  const fatal = latest?.state === 'rejected' ? await fatalOf(deps, account, latest.id) : undefined;
  return {
    id: source.id,
    name: source.name,
    kind: source.kind,
    mode: source.mode,
    due: source.due,
    rosterId: source.rosterId,
    uploadPath: source.uploadPath,
    district: districtView(source.district),
    product: source.product,
    state: sourceState(source, latest),
    sentence: sourceSentence(source, latest, fatal),
    latest: latest
      ? { id: latest.id, number: latest.number, at: latest.delivery?.receivedAt ?? latest.createdAt }
      : null,
    bars: recent
      .slice(0, barCount)
      .map((sync) => barView(sync, source.mode))
      .reverse(),
  };
}

export const districtView = ({ id, name, siteCode }: DistrictFacts) => ({ id, name, siteCode });

function barView(sync: SyncFacts, mode: SourceMode) {
  const { added, changed, removed } = totalsOf(sync);
  const { word, mark } = syncWord(sync, mode);
  return { id: sync.id, number: sync.number, at: sync.createdAt, word, mark, added, changed, removed };
}

/** A sync as a row of a list. */
export function syncRow(sync: SyncFacts, source: SourceFacts | undefined) {
  return {
    id: sync.id,
    number: sync.number,
    at: sync.delivery?.receivedAt ?? sync.createdAt,
    ...syncWord(sync, source?.mode ?? 'active'),
    state: sync.state,
    product: source?.product.name ?? '',
    file: sync.delivery?.name ?? null,
    origin: sync.origin,
    ...totalsOf(sync),
    findings: foundRows(sync.findingCounts),
  };
}

/** One sync in full, but for its findings. */
export async function syncView(
  deps: HttpDeps,
  account: Account,
  sync: SyncFacts,
  source: SourceFacts,
  mayNot: { decide: string | null; rollBack: string | null },
) {
  const fatal = sync.state === 'rejected' ? await fatalOf(deps, account, sync.id) : undefined;
  return {
    id: sync.id,
    number: sync.number,
    state: sync.state,
    ...syncWord(sync, source.mode),
    running: isRunning(sync, source.mode),
    sentence: syncSentence(sync, source.mode, fatal),
    at: sync.delivery?.receivedAt ?? sync.createdAt,
    startedAt: sync.startedAt,
    finishedAt: sync.finishedAt,
    delivery: sync.delivery,
    origin: sync.origin,
    district: districtView(source.district),
    product: source.product,
    source: { id: source.id, name: source.name, kind: source.kind },
    steps: stepsView(sync, await deps.steps(sync.id)),
    kinds: kindsView(sync),
    totals: plannedOf(sync),
    removalsWait: sync.removalsWait,
    /** The sync that holds the removals which were left waiting of this one. */
    removalsSync: sync.removalsWait ? ((await deps.removalsSync(sync.id)) ?? null) : null,
    follows: sync.follows,
    removalsOnly: sync.removalsOnly,
    /** A person can decide about it now. */
    open: sync.state === 'held' && !isApproved(sync),
    findings: foundRows(sync.findingCounts),
    /** Why it is held, when one sentence does not hold it all. */
    reasons: sync.state === 'held' && (sync.holdReasons?.length ?? 0) > 1 ? sync.holdReasons : null,
    /** Why it is held or waits, as data. */
    holdReasons: sync.state === 'held' || sync.state === 'received' ? sync.holdDetails : [],
    decision: sync.decision,
    /** Why this person may not decide about it; null when they may. Only of meaning while it is held. */
    mayNotDecide: mayNot.decide,
    /** Why this person may not roll it back; null when they may. Only of meaning once it was applied. */
    mayNotRollBack: mayNot.rollBack,
    rosterId: source.rosterId,
    /** Why this person does not see each change; null when they do. */
    mayNotSeeChanges: mayNotSeeChanges(account),
    dryRun: sync.dryRun ?? false,
  };
}

/** Why this person sees counts alone; null when they may see each change. */
export const mayNotSeeChanges = ({ role }: Account): string | null =>
  role === 'viewer'
    ? 'You see counts, and no data of pupils. An administrator of the district sees each change.'
    : null;

/** Counts by kind, in the order of loading: rows of the delivery, and what becomes of the roster. */
export function kindsView(sync: Pick<SyncFacts, 'plan' | 'tables'>) {
  return rosterKinds.flatMap((kind: Kind) => {
    const plan = sync.plan?.[kind];
    const table = sync.tables?.find((each) => each.kind === kind && each.mode !== 'absent');
    if (!plan && !table) return [];
    return [
      {
        kind,
        rows: table?.rows ?? 0,
        live: plan?.live ?? null,
        added: plan ? plan.create + plan.reactivate : null,
        changed: plan?.update ?? null,
        removed: plan?.archive ?? null,
        leftOut: table?.leftOut ?? plan?.leftOut ?? 0,
      },
    ];
  });
}

export type StepName = 'received' | 'checked' | 'compared' | 'held' | 'applied';
export type StepState = 'done' | 'running' | 'waiting' | 'stopped' | 'held' | 'skipped';

/** The stations that a person sees, from the steps that the pipeline notes; `held` is one only while it is held. */
export function stepsView(sync: SyncFacts, steps: StepFacts[]) {
  return stationStates(sync, steps).map(([name, state]) => {
    const own = steps.filter((step) => stations[step.step] === name);
    const startedAt = own.at(0)?.startedAt ?? null;
    const finishedAt = own.at(-1)?.finishedAt ?? null;
    const ms = startedAt && finishedAt && state === 'done' ? finishedAt.getTime() - startedAt.getTime() : null;
    return { name, state, ms };
  });
}

type Station = readonly [StepName, StepState];

const line = (received: StepState, checked: StepState, compared: StepState, applied: StepState): Station[] => [
  ['received', received],
  ['checked', checked],
  ['compared', compared],
  ['applied', applied],
];

function stationStates(sync: SyncFacts, steps: StepFacts[]): Station[] {
  switch (sync.state) {
    case 'received':
      return line('running', 'waiting', 'waiting', 'waiting');
    case 'checking':
      return line('done', 'running', 'waiting', 'waiting');
    case 'comparing':
      return line('done', 'done', 'running', 'waiting');
    case 'applying':
      return line('done', 'done', 'done', 'running');
    case 'applied':
    case 'rolled back':
      return line('done', 'done', 'done', 'done');
    case 'held': {
      const [received, checked, compared] = line('done', 'done', 'done', 'done') as [Station, Station, Station];
      const rest: Station[] = isApproved(sync)
        ? [
            ['held', 'done'],
            ['applied', 'running'],
          ]
        : [
            ['held', 'held'],
            ['applied', 'waiting'],
          ];
      return [received, checked, compared, ...rest];
    }
    case 'unchanged':
    case 'discarded':
    case 'superseded':
      return line('done', 'done', 'done', 'skipped');
    case 'rejected':
      return line('done', 'stopped', 'skipped', 'skipped');
    case 'failed':
      return failedAt(steps);
  }
}

/** A sync that failed stopped at the last step that it began. */
function failedAt(steps: StepFacts[]): Station[] {
  const last = steps.flatMap(({ step }) => stations[step] ?? []).at(-1);
  if (last === 'applied') return line('done', 'done', 'done', 'stopped');
  if (last === 'compared') return line('done', 'done', 'stopped', 'skipped');
  return line('done', 'stopped', 'skipped', 'skipped');
}

const stations: Record<string, StepName> = { checking: 'checked', comparing: 'compared', applying: 'applied' };

/** The sentence of the finding that made a delivery unreadable. */
async function fatalOf(deps: HttpDeps, account: Account, syncId: string): Promise<string | undefined> {
  const fatal = (await deps.ruleCounts(syncId)).find((each) => each.severity === 'fatal');
  if (!fatal) return undefined;
  const [finding] = findingsFor(account, await deps.findings(syncId, { rule: fatal.rule, limit: 1, offset: 0 }));
  return (
    finding &&
    (finding.file && !finding.message.includes(finding.file) ? `${finding.file}: ${finding.message}` : finding.message)
  );
}
