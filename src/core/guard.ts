/** Judges, before anything is applied, whether what a delivery would do is so unusual that a person must look at it. */

import { type SourceMode, type Window, windowInWords } from './calendar.ts';
import type { KindPlan, Plan } from './plan.ts';
import type { TableCount } from './record.ts';
import { removalCodes, removals } from './removals.ts';
import { defaultThresholds, type Thresholds, type ThresholdValues } from './source-settings.ts';
import { fileOf, type Kind, keyKinds, rosterKinds } from './tables.ts';
import { counted, countedKind, limitPercent, percent, thousands } from './words.ts';

/** What the guard must know of the source and cannot see in the plan. */
export type Facts = {
  /** The mode that holds now, with the calendar. */
  mode: SourceMode;
  /** Nothing of this source has been applied yet. */
  isFirst: boolean;
  /** The source's first delivery need not be looked at. */
  trustFirst: boolean;
  /** The roster was reset between two school years since the last delivery of this source that went through. */
  afterReset?: boolean;
  /** Users whose name and birth date or grade come back under a new sourcedId while the old one leaves. */
  identityChanges?: number;
  /** Rows of each kind in the last bulk file of this source that went through. */
  lastRows?: Partial<Record<Kind, number>>;
  /** A window of the calendar that has ended, when nobody has looked at a delivery since. */
  window?: Window | undefined;
  /** Additions and updates are applied at once, and removals alone are held. */
  holdOnlyRemovals?: boolean;
  /** The plan holds nothing but the removals that were left waiting when the delivery of this number was applied. */
  removalsOf?: number | undefined;
};

export type HoldCode =
  | 'empty-file'
  | 'removals'
  | 'removals-school'
  | 'shrunken-file'
  | 'identity'
  | 'left-out'
  | 'first-delivery'
  | 'after-reset'
  | 'after-window'
  | 'dry-run'
  | 'removals-wait'
  | 'grown'
  | 'grown-school'
  | 'needs-full'
  | 'waits';
/**
 * Why a sync waits. `sentence` begins in lower case and has no full stop: "Held: " may stand before it. `kind` and `school`
 * (a sourcedId) say where, `count` of `of` how much, when that is what it is about.
 */
export type HoldReason = {
  code: HoldCode;
  sentence: string;
  kind?: Kind;
  school?: string;
  count?: number;
  of?: number;
};

/**
 * `unchanged`: the delivery changes nothing, so there is nothing to ask either. `apply all but removals`: the removals
 * are what the reasons are about, and are held by themselves.
 */
export type Verdict = { verdict: 'apply' | 'hold' | 'apply all but removals' | 'unchanged'; reasons: HoldReason[] };

/** @param tables what the check counted, for what the plan leaves out. */
export function guard(
  plan: Plan,
  tables: readonly TableCount[],
  facts: Facts,
  thresholds: Thresholds = defaultThresholds,
): Verdict {
  if (Object.values(plan.kinds).every(changesNothing)) return { verdict: 'unchanged', reasons: [] };
  const limits = limitsOf(thresholds);
  const removing = facts.mode !== 'additions only';
  const lost = removing ? [...emptyFiles(plan, tables), ...removals(plan, limits)] : [];
  const reasons = [
    ...(facts.removalsOf === undefined ? [] : [waiting(plan, facts.removalsOf)]),
    ...lost,
    ...(removing ? shrunken(tables, facts, lost, limits) : []),
    ...(facts.removalsOf === undefined ? aboutAll(tables, facts, thresholds) : []),
    ...(facts.mode === 'dry run' ? [dryRun] : []),
  ];
  if (reasons.length === 0) return { verdict: 'apply', reasons };
  const canSplit = facts.holdOnlyRemovals && facts.removalsOf === undefined && addsSomething(plan);
  const onlyRemovals = reasons.every(({ code }) => removalCodes.includes(code));
  return { verdict: canSplit && onlyRemovals ? 'apply all but removals' : 'hold', reasons };
}

/** Reasons that are about the whole delivery, not about what it removes. */
function aboutAll(tables: readonly TableCount[], facts: Facts, thresholds: Thresholds): HoldReason[] {
  return [
    ...identity(facts, thresholds),
    ...leftOut(tables, limitsOf(thresholds)),
    ...(facts.isFirst && !facts.trustFirst ? [first] : []),
    ...(facts.afterReset ? [afterReset] : []),
    ...(facts.window ? [afterWindow(facts.window)] : []),
  ];
}

/** The thresholds of a kind: its own where it has them. */
export type LimitsOf = (kind: Kind) => ThresholdValues;
const limitsOf =
  (thresholds: Thresholds): LimitsOf =>
  (kind) => ({ ...thresholds, ...thresholds.kinds?.[kind] });

const changesNothing = ({ create, update, archive, reactivate, takeOver }: KindPlan): boolean =>
  create + update + archive + reactivate + takeOver === 0;

const addsSomething = (plan: Plan): boolean =>
  Object.values(plan.kinds).some(
    ({ create, update, reactivate, takeOver }) => create + update + reactivate + takeOver > 0,
  );

const first: HoldReason = {
  code: 'first-delivery',
  sentence: 'this is the first delivery of this source, and somebody has to look at it once',
};
const afterReset: HoldReason = {
  code: 'after-reset',
  sentence:
    'this is the first delivery of this source since the school-year reset, and somebody has to look at it once',
};
const dryRun: HoldReason = {
  code: 'dry-run',
  sentence: 'this source is in dry run: deliveries are checked and compared, and nothing is applied',
};
const afterWindow = (window: Window): HoldReason => ({
  code: 'after-window',
  sentence: `this is the first delivery to be applied after ${windowInWords(window)}, and somebody has to look at it once`,
});

function waiting(plan: Plan, number: number): HoldReason {
  const kinds = rosterKinds.flatMap((kind) => {
    const count = plan.kinds[kind]?.archive ?? 0;
    return count > 0 ? [{ kind, count }] : [];
  });
  const all = kinds.reduce((sum, { count }) => sum + count, 0);
  const which = kinds.map(({ kind, count }) => countedKind(count, kind)).join(', ');
  const wait = all === 1 ? 'its removal, which waits' : `its ${thousands(all)} removals, which wait`;
  return {
    code: 'removals-wait',
    sentence: `delivery ${thousands(number)} was applied without ${wait} for a decision (${which})`,
    count: all,
  };
}

/** A key file with a header and no rows would say that everybody left. */
function emptyFiles(plan: Plan, tables: readonly TableCount[]): HoldReason[] {
  const empty = tables.filter(({ kind, mode, rows }) => isKey(kind) && mode === 'bulk' && rows === 0);
  return empty.map(({ kind }) => {
    const live = plan.kinds[kind]?.live ?? 0;
    const loss =
      live === 0
        ? ''
        : `; taken at its word, ${live === 1 ? 'the only' : 'all'} ${countedKind(live, kind)} would leave`;
    const sentence = `${fileOf(kind)} holds a header and no rows${loss}`;
    return { code: 'empty-file', sentence, kind, count: 0, of: live };
  });
}

const isKey = (kind: Kind): boolean => (keyKinds as readonly Kind[]).includes(kind);

/**
 * A bulk file that is much shorter than the last one, as when an export was cut off between two rows. It is seen here
 * where removals do not show it: while they are suspended for rows that cannot be told, where a kind has a wide limit,
 * where most rows were left out before. A kind that is held for its removals already is not named twice.
 */
function shrunken(
  tables: readonly TableCount[],
  { lastRows = {}, removalsOf }: Facts,
  lost: readonly HoldReason[],
  limits: LimitsOf,
): HoldReason[] {
  if (removalsOf !== undefined) return [];
  return tables.flatMap(({ kind, mode, rows }): HoldReason[] => {
    const before = lastRows[kind] ?? 0;
    const { shrunkenShare, shrunkenAtLeast } = limits(kind);
    const fewer = before - rows;
    if (mode !== 'bulk' || fewer <= 0 || fewer < shrunkenAtLeast || !(fewer / before > shrunkenShare)) return [];
    if (lost.some((reason) => reason.kind === kind && reason.school === undefined)) return [];
    const share = `${percent(fewer, before, shrunkenShare)} fewer; the limit is ${limitPercent(shrunkenShare)}`;
    const sentence = `${fileOf(kind)} holds ${counted(rows, 'row')}; in the last delivery that went through it held ${thousands(before)} (${share})`;
    return [{ code: 'shrunken-file', sentence, kind, count: rows, of: before }];
  });
}

function leftOut(tables: readonly TableCount[], limits: LimitsOf): HoldReason[] {
  const bad = tables.filter(
    ({ kind, mode, leftOut, rows }) => isKey(kind) && mode !== 'absent' && leftOut / rows > limits(kind).leftOutShare,
  );
  return bad.map(({ kind, leftOut, rows }) => {
    const { leftOutShare } = limits(kind);
    const share = `${percent(leftOut, rows, leftOutShare)}; the limit is ${limitPercent(leftOutShare)}`;
    const which = `${thousands(leftOut)} of ${counted(rows, 'row')} of ${fileOf(kind)}`;
    return { code: 'left-out', sentence: `${which} cannot be taken (${share})`, kind, count: leftOut, of: rows };
  });
}

function identity({ identityChanges = 0 }: Facts, thresholds: Thresholds): HoldReason[] {
  if (identityChanges < thresholds.identityChanges || identityChanges === 0) return [];
  const people = counted(identityChanges, 'person comes back', 'people come back');
  const whose = identityChanges === 1 ? 'its old record leaves' : 'their old records leave';
  return [
    {
      code: 'identity',
      sentence: `${people} under a new sourcedId while ${whose} (the limit is ${thousands(thresholds.identityChanges)})`,
      kind: 'users',
      count: identityChanges,
    },
  ];
}
