/** What a quick reader looks for in the records of one kind: the fields of its line, and what their values may be. */
import { plainColumns } from '../../core/rest/record.ts';
import type { FieldType, Kind, Version } from '../../core/tables.ts';

/** How a value is read. `blank`: it is never taken over. `nothing`: it may say nothing only. */
export type Form =
  | 'id'
  | 'text'
  | 'word'
  | 'flag'
  | 'day'
  | 'reference'
  | 'references'
  | 'list'
  | 'pairs'
  | 'blank'
  | 'status'
  | 'time'
  | 'nothing';

export type QuickField = {
  name: Buffer;
  form: Form;
  words: readonly Buffer[];
  /** Without it, or with no value, something is filled in or said, which is left to the parser. */
  isRequired: boolean;
};

/** Of those kinds of which there are many. Users of 1.2 have records within them. */
const quickKinds: readonly string[] = [
  'enrollments 1.1',
  'enrollments 1.2',
  'users 1.1',
  'demographics 1.1',
  'demographics 1.2',
];
const required = new Set(['sourcedId', 'status', 'dateLastModified', 'enabledUser', 'username']);

const forms: Partial<Record<FieldType, Form>> = {
  ref: 'reference',
  refs: 'references',
  date: 'day',
  boolean: 'flag',
  enum: 'word',
  strings: 'list',
  grades: 'list',
  enums: 'list',
  userIds: 'pairs',
  guid: 'id',
};

/** The id first, then the other cells of a line in their order, then what stands in no cell; undefined for other kinds. */
export function quickFields(kind: Kind, version: Version): QuickField[] | undefined {
  if (!quickKinds.includes(`${kind} ${version}`)) return undefined;
  const field = (name: string, form: Form, words: readonly string[] = []): QuickField => ({
    name: Buffer.from(name),
    form,
    words: words.map((word) => Buffer.from(word)),
    isRequired: required.has(name),
  });
  const cells = plainColumns(kind, version).map(({ name, type, words }) =>
    field(name, name === 'password' ? 'blank' : (forms[type] ?? 'text'), words),
  );
  return [
    field('sourcedId', 'id'),
    ...cells,
    field('status', 'status'),
    field('dateLastModified', 'time'),
    field('metadata', 'nothing'),
  ];
}
