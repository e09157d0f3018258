/** Kinds of records in words that people of a school use, in the order in which they look for them. */

import { type Kind, rosterKinds } from '../src/core/tables.ts';
import { capital } from './words.ts';

const words: Partial<Record<Kind, [one: string, many: string]>> = {
  users: ['person', 'people'],
  classes: ['class', 'classes'],
  orgs: ['school or district', 'schools'],
  enrollments: ['enrollment', 'enrollments'],
  courses: ['course', 'courses'],
  academicSessions: ['term', 'terms'],
  demographics: ['demographics record', 'demographics'],
  roles: ['role', 'roles'],
  userProfiles: ['profile', 'profiles'],
};

export const shownKinds: Kind[] = [
  ...(Object.keys(words) as Kind[]),
  ...rosterKinds.filter((kind) => words[kind] === undefined),
];
export const kindMany = (kind: Kind): string => words[kind]?.[1] ?? kind;
export const kindOne = (kind: Kind): string => words[kind]?.[0] ?? kind;
export const isKind = (text: string | null | undefined): text is Kind =>
  text !== null && text !== undefined && rosterKinds.includes(text as Kind);

/** `Stone, Mia`, the title of a class, the name of a school; its id where it has none. Only for pages of a roster. */
export function nameOf(kind: Kind, fields: Record<string, string>, id: string): string {
  if (kind === 'users') {
    const name = [fields.familyName, fields.givenName].filter(Boolean).join(', ');
    return name || id;
  }
  return fields.title || fields.name || id;
}

/** `Mia Stone`, where a record stands for itself. Only for pages of a roster. */
export function fullNameOf(kind: Kind, fields: Record<string, string>, id: string): string {
  if (kind !== 'users') return nameOf(kind, fields, id);
  return [fields.givenName, fields.familyName].filter(Boolean).join(' ') || id;
}

const fieldWords: Record<string, string> = {
  sourcedId: 'Id',
  enabledUser: 'Account enabled',
  orgSourcedIds: 'Schools',
  primaryOrgSourcedId: 'School',
  orgSourcedId: 'School',
  schoolSourcedId: 'School',
  classSourcedId: 'Class',
  userSourcedId: 'Person',
  courseSourcedId: 'Course',
  termSourcedIds: 'Terms',
  parentSourcedId: 'Belongs to',
  childSourcedIds: 'Holds',
  agentSourcedIds: 'Parents and guardians',
  userIds: 'Other ids',
  sms: 'Mobile phone',
};

/** A field in words: `Given name` for givenName. Extension columns keep their names. */
export function fieldWord(field: string): string {
  if (field.includes('.')) return field;
  return fieldWords[field] ?? capital(field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`));
}
