/** Judges, before anything is applied, whether what a delivery would do is so unusual that a person must look at it. */

import type { KindPlan, Plan, SchoolPlan } from './plan.ts';
import type { TableCount } from './record.ts';
import { fileOf, type Kind, keyKinds, kinds } from './tables.ts';
import { counted, countedKind, kindWord, limitPercent, percent, thousands } from './words.ts';

export type Thresholds = {
  /** Share of a kind, or of a school within a kind, that may leave unasked. */
  removedShare: number;
  /** Fewer removals than this are never held. */
  removedAtLeast: number;
  /** Share of a key kind's rows that may be left out unasked. */
  leftOutShare: number;
  /** From so many people under new sourcedIds on, a person is asked. */
  identityChanges: number;
};

export const defaultThresholds: Thresholds = {
  removedShare: 0.1,
  removedAtLeast: 20,
  leftOutShare: 0.05,
  identityChanges: 20,
};

/** What the guard must know of the source and cannot see in the plan. */
export type Facts = {
  mode: 'active' | 'paused' | 'dry run' | 'additions only';
  /** Nothing of this source has been applied yet. */
  isFirst: boolean;
  /** The source's first delivery need not be looked at. */
  trustFirst: boolean;
  /** The roster was reset between two school years since the last delivery of this source that went through. */
  afterReset?: boolean;
  /** Users whose name and birth date or grade come back under a new sourcedId while the old one leaves. */
  identityChanges?: number;
};

export type HoldCode =
  | 'empty-file'
  | 'removals'
  | 'removals-school'
  | 'identity'
  | 'left-out'
  | 'first-delivery'
  | 'after-reset'
  | 'dry-run';
/** `sentence` begins in lower case and has no full stop: "Held: " may stand before it. */
export type HoldReason = { code: HoldCode; sentence: string };

/** `unchanged`: the delivery changes nothing, so there is nothing to ask either. */
export type Verdict = { verdict: 'apply' | 'hold' | 'unchanged'; reasons: HoldReason[] };

/** @param tables what the check counted, for what the plan leaves out. */
export function guard(
  plan: Plan,
  tables: readonly TableCount[],
  facts: Facts,
  thresholds: Thresholds = defaultThresholds,
): Verdict {
  if (Object.values(plan.kinds).every(changesNothing)) return { verdict: 'unchanged', reasons: [] };
  const removing = facts.mode !== 'additions only';
  const reasons = [
    ...(removing ? emptyFiles(plan, tables) : []),
    ...(removing ? removals(plan, thresholds) : []),
    ...identity(facts, thresholds),
    ...leftOut(tables, thresholds),
    ...(facts.isFirst && !facts.trustFirst ? [first] : []),
    ...(facts.afterReset ? [afterReset] : []),
    ...(facts.mode === 'dry run' ? [dryRun] : []),
  ];
  return { verdict: reasons.length > 0 ? 'hold' : 'apply', reasons };
}

const changesNothing = ({ create, update, archive, reactivate, takeOver }: KindPlan): boolean =>
  create + update + archive + reactivate + takeOver === 0;

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

/** A key file with a header and no rows would say that everybody left. */
function emptyFiles(plan: Plan, tables: readonly TableCount[]): HoldReason[] {
  const empty = tables.filter(({ kind, mode, rows }) => isKey(kind) && mode === 'bulk' && rows === 0);
  return empty.map(({ kind }) => {
    const live = plan.kinds[kind]?.live ?? 0;
    const loss =
      live === 0
        ? ''
        : `; taken at its word, ${live === 1 ? 'the only' : 'all'} ${countedKind(live, kind)} would leave`;
    return { code: 'empty-file', sentence: `${fileOf(kind)} holds a header and no rows${loss}` };
  });
}

const isKey = (kind: Kind): boolean => (keyKinds as readonly Kind[]).includes(kind);

/** Schools of one kind that are named one by one; the others are counted. */
const schoolsShown = 3;

function removals(plan: Plan, thresholds: Thresholds): HoldReason[] {
  return kinds.flatMap((kind) => {
    const counts = plan.kinds[kind];
    if (!counts || counts.archive === 0) return [];
    const schools = plan.schools
      .filter((school) => school.kind === kind && exceeds(school, thresholds))
      .sort((a, b) => b.archive - a.archive || (a.school < b.school ? -1 : 1));
    const reasons: HoldReason[] = [];
    if (exceeds(counts, thresholds)) {
      const only = schools.length === 1 && schools[0]?.archive === counts.archive ? schools.shift() : undefined;
      const where = only ? `; all of them at ${schoolName(only)}` : '';
      reasons.push({ code: 'removals', sentence: `${removal(kind, counts, '', thresholds)}${where}` });
    }
    for (const school of schools.slice(0, schoolsShown)) {
      reasons.push({
        code: 'removals-school',
        sentence: removal(kind, school, ` at ${schoolName(school)}`, thresholds),
      });
    }
    const rest = schools.length - schoolsShown;
    if (rest > 0) {
      const others = `${counted(rest, 'more school')} would lose more than ${limitPercent(thresholds.removedShare)}`;
      reasons.push({
        code: 'removals-school',
        sentence: `${others} of ${rest === 1 ? 'its' : 'their'} ${kindWord(kind)}`,
      });
    }
    return reasons;
  });
}

const exceeds = (
  { archive, live }: { archive: number; live: number },
  { removedAtLeast, removedShare }: Thresholds,
): boolean => archive >= removedAtLeast && archive / live > removedShare;

function removal(
  kind: Kind,
  counts: { archive: number; live: number },
  where: string,
  { removedShare }: Thresholds,
): string {
  const { archive, live } = counts;
  const share = `${percent(archive, live, removedShare)}; the limit is ${limitPercent(removedShare)}`;
  return `this delivery would remove ${thousands(archive)} of ${countedKind(live, kind)}${where} (${share})`;
}

const schoolName = (school: SchoolPlan): string => school.name ?? `school ${school.school}`;

function leftOut(tables: readonly TableCount[], { leftOutShare }: Thresholds): HoldReason[] {
  const bad = tables.filter(
    (table) => isKey(table.kind) && table.mode !== 'absent' && table.leftOut / table.rows > leftOutShare,
  );
  return bad.map((table) => {
    const share = `${percent(table.leftOut, table.rows, leftOutShare)}; the limit is ${limitPercent(leftOutShare)}`;
    const rows = `${thousands(table.leftOut)} of ${counted(table.rows, 'row')} of ${fileOf(table.kind)}`;
    return { code: 'left-out', sentence: `${rows} cannot be taken (${share})` };
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
    },
  ];
}
