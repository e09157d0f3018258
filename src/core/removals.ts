/** Which removals are unusual: of a kind, or of one school within a kind, each with a sentence. */

import type { HoldCode, HoldReason, LimitsOf } from './guard.ts';
import type { Plan, SchoolPlan } from './plan.ts';
import { type Kind, kinds } from './tables.ts';
import { counted, countedKind, kindWord, limitPercent, percent, thousands } from './words.ts';

/** Reasons that do not stand against additions and updates. */
export const removalCodes: readonly HoldCode[] = ['empty-file', 'removals', 'removals-school', 'shrunken-file'];

/** Schools of one kind that are named one by one; the others are counted. */
const schoolsShown = 3;

export function removals(plan: Plan, limits: LimitsOf): HoldReason[] {
  return kinds.flatMap((kind) => {
    const counts = plan.kinds[kind];
    if (!counts || counts.archive === 0) return [];
    const { removedShare, removedAtLeast, schoolRemovedShare, schoolRemovedAtLeast } = limits(kind);
    const schools = plan.schools
      .filter((school) => school.kind === kind && exceeds(school, schoolRemovedShare, schoolRemovedAtLeast))
      .sort((a, b) => b.archive - a.archive || (a.school < b.school ? -1 : 1));
    const reasons: HoldReason[] = [];
    if (exceeds(counts, removedShare, removedAtLeast)) {
      const only = schools.length === 1 && schools[0]?.archive === counts.archive ? schools.shift() : undefined;
      const where = only ? `; all of them at ${schoolName(only)}` : '';
      const sentence = `${removal(kind, counts, '', removedShare)}${where}`;
      reasons.push({ code: 'removals', sentence, kind, count: counts.archive, of: counts.live });
    }
    for (const school of schools.slice(0, schoolsShown)) {
      const sentence = removal(kind, school, ` at ${schoolName(school)}`, schoolRemovedShare);
      const { archive: count, live } = school;
      reasons.push({ code: 'removals-school', sentence, kind, school: school.school, count, of: live });
    }
    return [...reasons, ...others(kind, schools.slice(schoolsShown), schoolRemovedShare)];
  });
}

function others(kind: Kind, schools: SchoolPlan[], limit: number): HoldReason[] {
  if (schools.length === 0) return [];
  const which = `${counted(schools.length, 'more school')} would lose more than ${limitPercent(limit)}`;
  const sentence = `${which} of ${schools.length === 1 ? 'its' : 'their'} ${kindWord(kind)}`;
  const sum = (of: 'archive' | 'live') => schools.reduce((all, school) => all + school[of], 0);
  return [{ code: 'removals-school', sentence, kind, count: sum('archive'), of: sum('live') }];
}

const exceeds = ({ archive, live }: { archive: number; live: number }, share: number, atLeast: number): boolean =>
  archive > 0 && archive >= atLeast && archive / live > share;

function removal(kind: Kind, { archive, live }: { archive: number; live: number }, where: string, limit: number) {
  const share = `${percent(archive, live, limit)}; the limit is ${limitPercent(limit)}`;
  return `this delivery would remove ${thousands(archive)} of ${countedKind(live, kind)}${where} (${share})`;
}

const schoolName = (school: SchoolPlan): string => school.name ?? `school ${school.school}`;
