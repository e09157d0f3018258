/** The fields of a kind that refer to other records, and what a check keeps of each while it goes through the rows. */

import type { Directory } from './directory.ts';
import { EXT_TYPE, type IdSet, OF_TYPE } from './id-set.ts';
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
  /** By the flags of a target: 1 where there is nothing to say of a reference to it. */
  quiet: Uint8Array;
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
        quiet: quietFlags(kind, to, field),
        part: name === 'orgSourcedId' && kind === 'roles' ? ORG_OF_ROLE : (parts[name] ?? NO_PART),
      },
    ];
  });
}

/** A target that is taken and live in no other way, of the type that is asked for: most are, and need no second look. */
function quietFlags(kind: Kind, to: Kind, { only }: Field): Uint8Array {
  const quiet = new Uint8Array(256);
  // The record itself may be meant; and a line item's session may be of any type but one.
  if (kind === to || (kind === 'lineItems' && to === 'academicSessions')) return quiet;
  quiet[OF_TYPE] = 1;
  quiet[EXT_TYPE] = 1;
  if (!only) quiet[0] = 1;
  return quiet;
}
