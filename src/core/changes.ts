/** Changes of records as people see them: which fields differ, what a record is about, and lines of a CSV file. */
import type { Action } from './plan.ts';
import { csvCell } from './report.ts';
import { hidden, isSecret, withoutSecrets } from './secrets.ts';
import type { Kind } from './tables.ts';

/** A record in OneRoster's spelling, `status` and `metadata` among its fields, blank fields absent. */
export type Values = Record<string, unknown>;

/** By field, extension columns under their full names; a value that is not there is undefined. */
export type Changed = Record<string, { from: unknown; to: unknown }>;

/** What becomes, or became, of one record. */
export type RecordChange = {
  kind: Kind;
  sourcedId: string;
  action: Action;
  /** Null where there was nothing before (create), or nothing after (purge). */
  before: Values | null;
  after: Values | null;
  /** The fields whose values differ. */
  changed: Changed;
};

export function difference(before: Values, after: Values): Changed {
  const changed: Changed = {};
  const [from, to] = [flat(before), flat(after)];
  for (const field of Object.keys({ ...from, ...to })) {
    if (from[field] !== to[field]) changed[field] = { from: from[field], to: to[field] };
  }
  return changed;
}

/** The same change with credentials hidden; that one has changed can still be seen. */
export function shownChange<C extends RecordChange>(change: C): C {
  const { kind, before, after } = change;
  const hide = (value: unknown) => (value === undefined ? undefined : hidden);
  const changed = Object.entries(change.changed).map(([field, { from, to }]) =>
    isSecret(kind, field) ? [field, { from: hide(from), to: hide(to) }] : [field, { from, to }],
  );
  return {
    ...change,
    before: before && withoutSecrets(kind, before),
    after: after && withoutSecrets(kind, after),
    changed: Object.fromEntries(changed),
  };
}

/** What a record is, in a few words of its own: a name, a title, or who is in which class. */
export function aboutOf(kind: Kind, values: Values): string {
  const text = (field: string) => (typeof values[field] === 'string' ? (values[field] as string) : '');
  switch (kind) {
    case 'users':
      return [text('givenName'), text('familyName'), text('role') && `(${text('role')})`].filter(Boolean).join(' ');
    case 'enrollments':
      return `${text('userSourcedId')} in ${text('classSourcedId')} (${text('role')})`;
    case 'roles':
      return `${text('role')} of ${text('userSourcedId')} in ${text('orgSourcedId')}`;
    case 'userProfiles':
      return `${text('profileType')} of ${text('userSourcedId')}`;
    case 'demographics':
      return '';
    default:
      return text('title') || text('name');
  }
}

export const changesHeader = 'kind,sourcedId,about,action,field,before,after\r\n';

/**
 * A line for each field that changes, and one without a field for a change that names none. Cells that a spreadsheet
 * would run as a formula get an apostrophe in front.
 */
export function changeLines(change: RecordChange): string {
  const { kind, sourcedId, action, before, after, changed } = change;
  const record = [kind, sourcedId, aboutOf(kind, after ?? before ?? {}), action];
  const fields = Object.entries(changed);
  const rows = fields.length > 0 ? fields.map(([field, { from, to }]) => [field, from, to]) : [['', '', '']];
  return rows.map((row) => `${[...record, ...row].map((cell) => csvCell(textOf(cell))).join(',')}\r\n`).join('');
}

const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

/** Extension columns stand beside the fields, under their full names. */
function flat(values: Values): Values {
  const { metadata, ...fields } = values;
  return { ...fields, ...(metadata as Values | undefined) };
}
