/** The fields of a kind that refer to other records, and what a check keeps of each while it goes through the rows. */

import type { Directory } from './directory.ts';
import type { IdSet } from './id-set.ts';
import { Noted } from './lists.ts';
import { type Field, fieldNames, type Kind, tableOf, targetOf, type Version } from './tables.ts';

export type Reference = {
  at: number;
  name: string;
  field: Field;
  to: Kind;
  ids: IdSet;
  list: boolean;
  required: boolean;
  /** Indexes of what the list of the present row points to; -1 for what may exist elsewhere. */
  found: Noted;
  /** Something was taken out of that list. */
  isCut: boolean;
  /** What it pointed to in the row before: neighbours share their class and school. */
  last: number;
  /** The same of a list, where it was this one item and nothing else. */
  alone: number;
  /** Whom its target concerns: one of the parts below. */
  part: number;
};

const NO_PART = 0;
export const SCHOOL = 1;
export const CLASS = 2;
export const USER = 3;
export const ORG_OF_ROLE = 4;
const parts: Record<string, number> = { schoolSourcedId: SCHOOL, classSourcedId: CLASS, userSourcedId: USER };

export function referencesOf(kind: Kind, version: Version, directory: Directory): Reference[] {
  return fieldNames(kind).flatMap((name, at) => {
    const field = tableOf(kind).fields[name] as Field;
    const to = targetOf(field);
    if (!to || !field.versions.includes(version)) return [];
    const required = field.required.includes(version);
    const list = field.type === 'refs';
    return [
      {
        at,
        name,
        field,
        to,
        ids: directory.ids(to),
        list,
        required,
        found: new Noted(),
        isCut: false,
        last: -1,
        alone: -1,
        part: name === 'orgSourcedId' && kind === 'roles' ? ORG_OF_ROLE : (parts[name] ?? NO_PART),
      },
    ];
  });
}
