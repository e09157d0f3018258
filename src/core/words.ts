/** Numbers and kinds as people read them: thousands separated, singular and plural right, percent with its limit. */

import type { Kind } from './tables.ts';

/** `2940` as `2,940`. */
export const thousands = (count: number): string => String(Math.trunc(count)).replace(/\B(?=(\d{3})+$)/g, ',');

/** Words that begin in lower case and have no full stop, as a sentence. The name of a file stays as it is spelt. */
export const asSentence = (text: string): string =>
  `${/^\w+\.csv /.test(text) ? text.slice(0, 1) : text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

/** `1 class`, `2,940 classes`. The plural is the singular with an s when it is not given. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${thousands(count)} ${count === 1 ? one : many}`;

const kindWords: Record<Kind, readonly [one: string, many: string]> = {
  orgs: ['org', 'orgs'],
  academicSessions: ['academic session', 'academic sessions'],
  courses: ['course', 'courses'],
  classes: ['class', 'classes'],
  users: ['user', 'users'],
  userProfiles: ['user profile', 'user profiles'],
  roles: ['role', 'roles'],
  demographics: ['demographics record', 'demographics records'],
  enrollments: ['enrollment', 'enrollments'],
  resources: ['resource', 'resources'],
  classResources: ['class resource', 'class resources'],
  courseResources: ['course resource', 'course resources'],
  userResources: ['user resource', 'user resources'],
  categories: ['category', 'categories'],
  scoreScales: ['score scale', 'score scales'],
  lineItems: ['line item', 'line items'],
  lineItemScoreScales: ['line item score scale', 'line item score scales'],
  lineItemLearningObjectiveIds: ['line item learning objective', 'line item learning objectives'],
  results: ['result', 'results'],
  resultScoreScales: ['result score scale', 'result score scales'],
  resultLearningObjectiveIds: ['result learning objective', 'result learning objectives'],
};

/** `1 class`, `2,940 enrollments`. */
export const countedKind = (count: number, kind: Kind): string => counted(count, ...kindWords[kind]);

/** `class`, or `classes` for any other count than one. */
export const kindWord = (kind: Kind, count = 2): string => kindWords[kind][count === 1 ? 0 : 1];

/**
 * A share in percent: whole from 10 % up, one decimal below. What is above `limit` (a share, 0 to 1) is never shown as
 * equal to it, and what is more than nothing never as nothing.
 */
export function percent(part: number, whole: number, limit?: number): string {
  if (whole === 0) return '0 %';
  const exact = (100 * part) / whole;
  const rounded = exact >= 10 ? Math.round(exact) : Math.round(exact * 10) / 10;
  const above = limit !== undefined && part / whole > limit;
  if (above && rounded <= limit * 100) return `${Math.ceil(exact * 10 - 1e-9) / 10} %`;
  return `${rounded === 0 && part > 0 ? 0.1 : rounded} %`;
}

/** A limit given as a share: 0.1 as `10 %`. */
export const limitPercent = (limit: number): string => `${Math.round(limit * 10_000) / 100} %`;
