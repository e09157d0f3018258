/** The collections of a OneRoster API that make a roster: where they lie, and under which keys their rows may stand. */

import type { Kind } from '../tables.ts';

export type Collection = {
  /** Its path below the address of the API. */
  path: string;
  kind: Kind;
  /** The key of its rows, and others under which servers have been seen to put them, in lower case. */
  keys: readonly [string, ...string[]];
  /** A server may do without it. */
  isOptional: boolean;
};

const userKeys = ['users', 'students', 'teachers', 'user', 'student', 'teacher'] as const;

/** In the order in which they are read. */
export const collections = {
  orgs: { path: 'orgs', kind: 'orgs', keys: ['orgs', 'schools', 'organizations', 'org'], isOptional: false },
  academicSessions: {
    path: 'academicSessions',
    kind: 'academicSessions',
    keys: ['academicsessions', 'terms', 'gradingperiods', 'academicsession'],
    isOptional: false,
  },
  courses: { path: 'courses', kind: 'courses', keys: ['courses', 'course'], isOptional: false },
  classes: { path: 'classes', kind: 'classes', keys: ['classes', 'class'], isOptional: false },
  users: { path: 'users', kind: 'users', keys: userKeys, isOptional: false },
  students: { path: 'students', kind: 'users', keys: userKeys, isOptional: false },
  teachers: { path: 'teachers', kind: 'users', keys: userKeys, isOptional: false },
  demographics: { path: 'demographics', kind: 'demographics', keys: ['demographics', 'demographic'], isOptional: true },
  enrollments: { path: 'enrollments', kind: 'enrollments', keys: ['enrollments', 'enrollment'], isOptional: false },
} as const satisfies Record<string, Collection>;

export type CollectionName = keyof typeof collections;

/** Which are read, in order. */
export function collectionsOf(options: { users: string; demographics: boolean }): CollectionName[] {
  const people: CollectionName[] = options.users === 'users' ? ['users'] : ['students', 'teachers'];
  const optional: CollectionName[] = options.demographics ? ['demographics'] : [];
  return ['orgs', 'academicSessions', 'courses', 'classes', ...people, ...optional, 'enrollments'];
}

export type Found =
  | { rows: unknown[]; key: string; isUsual: boolean }
  /** The rows cannot be told: why. */
  | { rows: undefined; why: 'not an object' | 'no such key' | 'not a list' };

/**
 * The rows of an answer. A key that is missing is a fault, never an empty collection.
 * @param json the parsed answer.
 */
export function rowsIn(json: unknown, { keys }: Collection): Found {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return { rows: undefined, why: 'not an object' };
  const entries = Object.entries(json);
  const exact = entries.find(
    ([name]) => name === keys[0] || (name.toLowerCase() === keys[0] && name !== name.toLowerCase()),
  );
  const other = exact ?? entries.find(([name]) => keys.includes(name.toLowerCase()));
  const lists = entries.filter(
    ([name, value]) => Array.isArray(value) && !/^(statusinfoset|errors|warnings)$/i.test(name),
  );
  const found = other ?? (lists.length === 1 && entries.length <= 2 ? lists[0] : undefined);
  if (!found) return { rows: undefined, why: 'no such key' };
  const [key, value] = found;
  const isUsual = key.toLowerCase() === keys[0];
  if (Array.isArray(value)) return { rows: value, key, isUsual };
  // One record where a list belongs; a list that is null is no list.
  if (typeof value === 'object' && value !== null) return { rows: [value], key, isUsual: false };
  return { rows: undefined, why: 'not a list' };
}
