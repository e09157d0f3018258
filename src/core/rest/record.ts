/** One object of a OneRoster API as the cells of OneRoster CSV, whatever its server does differently. */

import { columnsOf, type Field, type FieldType, type Kind, tableOf, tables, type Version } from '../tables.ts';
import { fingerprint, from11, from12, profilesOf, rolesOf, tuplesOf } from './roles.ts';
import { dateOf, flagOf, idOf, listOf, type Note, refOf, refsOf, textOf, timeOf, wordOf } from './values.ts';

type Json = Record<string, unknown>;

/** A record of its own in CSV that stands within another one in JSON. */
export type Attached = { kind: 'roles' | 'userProfiles'; sourcedId: string; cells: string[] };

export type Read = {
  sourcedId: string;
  isDeleted: boolean;
  /** When it was changed; NaN when it does not say, or says a time to come. */
  changedAt: number;
  /** What follows sourcedId, status and dateLastModified, in the order of the columns. */
  cells: string[];
  attached: Attached[];
  /** By full column name, `metadata.<name>`. */
  metadata: Record<string, string> | undefined;
};

export type ReadContext = {
  version: Version;
  /** Later times are wrong. */
  now: number;
  /** Orgs of the type `local` are schools. */
  localAsSchool: boolean;
  /** Roles by the words that the server has for them, in small letters. */
  roleWords?: ReadonlyMap<string, string>;
  note: Note;
  /** Numbers beyond what a number can hold were met: the page has to be parsed with their digits. */
  isLossy?: () => void;
};

/** Columns before these are sourcedId, status and dateLastModified. */
const headColumns = 3;

/**
 * Undefined when the row is no object.
 * @param kind which kind of records the collection holds.
 */
export function readRecord(kind: Kind, row: unknown, context: ReadContext): Read | undefined {
  const { note, version } = context;
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    note('api-row-unreadable', '');
    return undefined;
  }
  const json = known(kind, row as Json, note);
  if (typeof json.sourcedId === 'number' && !Number.isSafeInteger(json.sourcedId)) context.isLossy?.();
  const sourcedId = idOf(json.sourcedId, 'sourcedId', note);
  const time = timeOf(json.dateLastModified, note);
  const isAhead = time > latestBelieved(context.now);
  if (isAhead) note('api-time-form', 'dateLastModified');
  const changedAt = isAhead ? Number.NaN : time;
  const isDeleted = isTombstone(json.status, note);
  const base = { sourcedId, isDeleted, changedAt, metadata: metadataOf(json.metadata, note) };
  if (kind === 'users') return { ...base, ...readUser(json, sourcedId, context) };
  if (kind === 'enrollments') return { ...base, ...readEnrollment(json, sourcedId, context) };
  const cells = plansOf(kind, version).columns.map((plan) => cellOf(plan, json, note));
  fill(kind, cells, json, context);
  return { ...base, cells, attached: [] };
}

/** Clocks differ; what is changed this much ahead of ours is not believed. */
const aheadMs = 10 * 60_000;
export const latestBelieved = (now: number): number => now + aheadMs;

const fieldsOf = new Map<Kind, Map<string, string>>();

/** The object with its fields in their own spelling. */
function known(kind: Kind, json: Json, note: Note): Json {
  let names = fieldsOf.get(kind);
  if (!names) {
    names = new Map([...jsonNames(kind)].map((name) => [name.toLowerCase(), name]));
    names.set('sourceid', 'sourcedId').set('birthdate', 'birthDate');
    fieldsOf.set(kind, names);
  }
  let changed: Json | undefined;
  for (const name in json) {
    const own = names.get(name) ?? names.get(name.toLowerCase());
    if (own === undefined || own === name || (json[own] ?? '') !== '') continue;
    changed ??= { ...json };
    changed[own] = json[name];
    note('api-field-name', own);
  }
  return changed ?? json;
}

/** Fields as JSON names them: a reference has the name of what it points to. */
function jsonNames(kind: Kind): Set<string> {
  const names = new Set<string>([
    'metadata',
    'parent',
    'org',
    'orgs',
    'course',
    'school',
    'terms',
    'class',
    'user',
    'agents',
  ]);
  for (const name of Object.keys(tableOf(kind).fields)) names.add(jsonName(kind, name));
  if (kind === 'users') for (const name of ['roles', 'userProfiles', 'role', 'primaryOrg', 'orgs']) names.add(name);
  return names;
}

const jsonName = (kind: Kind, column: string): string =>
  kind === 'users' && column in preferred
    ? (preferred[column] as string)
    : column === 'sourcedId'
      ? column
      : column.replace(/SourcedIds$/, 's').replace(/SourcedId$/, '');

/** Three names are called otherwise in CSV. */
const preferred: Record<string, string> = {
  preferredGivenName: 'preferredFirstName',
  preferredFamilyName: 'preferredLastName',
};

/** What is read for one column, found out once. */
type ColumnPlan = { column: string; name: string; type: FieldType; words: readonly string[] };

/** What is read for each cell of a kind behind sourcedId, status and dateLastModified, in their order. */
export const plainColumns = (kind: Kind, version: Version): readonly ColumnPlan[] => plansOf(kind, version).columns;

type Plans = { columns: ColumnPlan[]; places: Map<string, number> };
const plans: Record<Version, Map<Kind, Plans>> = { '1.1': new Map(), '1.2': new Map() };

function plansOf(kind: Kind, version: Version): Plans {
  let found = plans[version].get(kind);
  if (!found) {
    const columns = columnsOf(kind, version)
      .slice(headColumns)
      .map((column) => {
        const { type, values } = tableOf(kind).fields[column] as Field;
        return { column, name: jsonName(kind, column), type, words: values?.[version] ?? [] };
      });
    found = { columns, places: new Map(columns.map(({ column }, place) => [column, place])) };
    plans[version].set(kind, found);
  }
  return found;
}

/** Where a column stands among the cells. */
const placeOf = (kind: Kind, version: Version, column: string): number =>
  plansOf(kind, version).places.get(column) ?? -1;

function cellOf({ column, name, type, words }: ColumnPlan, json: Json, note: Note): string {
  const value = json[name] ?? (name !== column ? json[column] : undefined);
  switch (type) {
    case 'ref':
      return refOf(value, name, note);
    case 'refs':
      return refsOf(value, name, note);
    case 'date':
      return dateOf(value, name, note);
    case 'boolean':
      return flagOf(value, name, note);
    case 'enum':
      return wordOf(value, name, words, note);
    case 'strings':
    case 'grades':
    case 'enums':
      return listOf(value, name, note);
    case 'userIds':
      return userIdsOf(value, note);
    case 'guid':
      return idOf(value, name, note);
    default:
      return textOf(value, name, note);
  }
}

/** What servers leave out and CSV needs, where there is only one thing that can be meant. */
function fill(kind: Kind, cells: string[], json: Json, { version, localAsSchool, note }: ReadContext): void {
  const at = (name: string) => placeOf(kind, version, name);
  if (kind === 'classes') {
    const type = at('classType');
    if (cells[type] === '') {
      cells[type] = 'scheduled';
      note('api-filled-in', 'classType');
    }
    const title = at('title');
    if (cells[title]?.trim() === '') {
      const code = cells[at('classCode')] || textOf((json.course as Json | undefined)?.title, '', () => {});
      if (code) {
        cells[title] = code;
        note('api-filled-in', 'title');
      }
    }
  }
  if (kind === 'orgs') {
    const type = at('type');
    const given = cells[type] ?? '';
    const meant =
      localAsSchool && given === 'local'
        ? 'school'
        : /^(departments|schools|districts)$/i.test(given)
          ? given.toLowerCase().slice(0, -1)
          : given;
    if (meant !== given) {
      cells[type] = meant;
      note('api-word-spelling', 'type');
    }
  }
}

const tombstones = new Set(['tobedeleted', 'inactive', 'deleted']);

function isTombstone(value: unknown, note: Note): boolean {
  if (value === 'active') return false;
  if (value === 'tobedeleted') return true;
  const word = textOf(value, 'status', () => {})
    .trim()
    .toLowerCase()
    .replace(/[\s_-]/g, '');
  note('api-word-spelling', 'status');
  return tombstones.has(word);
}

const metadataLimit = 64;

function metadataOf(value: unknown, note: Note): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const found: Record<string, string> = {};
  let count = 0;
  for (const [name, given] of Object.entries(value)) {
    const text =
      typeof given === 'string' ? textOf(given, 'metadata', note) : given === null ? '' : JSON.stringify(given);
    if (text === undefined || text === '' || name === '' || name.length > 100 || ++count > metadataLimit) continue;
    found[`metadata.${textOf(name, 'metadata', note)}`] = text;
  }
  return count === 0 ? undefined : found;
}

function userIdsOf(value: unknown, note: Note): string {
  if (value === undefined || value === null || value === '') return '';
  const all = Array.isArray(value) ? value : [value];
  const pairs = all.flatMap((each) => {
    if (typeof each !== 'object' || each === null) return [];
    const part = (text: unknown) =>
      textOf(text, 'userIds', note)
        .replace(/[{}:,]/g, ' ')
        .trim();
    const { type, identifier } = each as Json;
    const [kind, id] = [part(type) || 'ID', part(identifier)];
    return id === '' ? [] : [`{${kind}:${id}}`];
  });
  return pairs.join(',');
}

const enrollmentRoles = tables.enrollments.fields.role.values?.['1.1'] ?? [];

/** By hand, for there are more of them than of all others together. */
function readEnrollment(json: Json, sourcedId: string, { note, roleWords }: ReadContext) {
  const classId = refOf(json.class ?? json.classSourcedId, 'class', note);
  const userId = refOf(json.user ?? json.userSourcedId, 'user', note);
  const role = wordOf(json.role, 'role', enrollmentRoles, note, roleWords);
  const cells = [
    classId,
    refOf(json.school ?? json.schoolSourcedId, 'school', note),
    userId,
    role,
    flagOf(json.primary, 'primary', note),
    dateOf(json.beginDate, 'beginDate', note),
    dateOf(json.endDate, 'endDate', note),
  ];
  if (sourcedId !== '' || classId === '' || userId === '') return { cells, attached: [] };
  note('api-id-made', 'sourcedId');
  return { sourcedId: `made.${fingerprint(`${classId}\n${userId}\n${role}`)}`, cells, attached: [] };
}

function readUser(json: Json, sourcedId: string, context: ReadContext) {
  const { version, note, roleWords } = context;
  const tuples = tuplesOf(json, note, roleWords);
  const { columns, places } = plansOf('users', version);
  const cells = columns.map((plan) => cellOf(plan, json, note));
  const at = (name: string) => places.get(name) as number;
  const [enabled, username] = [at('enabledUser'), at('username')];
  if (cells[enabled] === '') {
    cells[enabled] = 'true';
    note('api-filled-in', 'enabledUser');
  }
  if (cells[username] === '' && sourcedId !== '') {
    cells[username] = cells[at('email')] || sourcedId;
    note('api-filled-in', 'username');
  }
  // A password is never taken over.
  cells[at('password')] = '';
  if (version === '1.2') {
    const profiles = profilesOf(json.userProfiles, sourcedId, note);
    const attached = [
      ...profiles.rows,
      ...rolesOf(tuples.length > 0 ? tuples : from11(json, note, roleWords), sourcedId, profiles.byId),
    ];
    return { cells, attached };
  }
  if (tuples.length > 0) {
    const as11 = from12(tuples, refOf(json.primaryOrg, 'primaryOrg', note));
    cells[at('role')] = as11.role;
    cells[at('orgSourcedIds')] = as11.orgs;
    if (json.role !== undefined) note('api-value-form', 'roles');
  } else if (roleWords) {
    const [role, words] = [at('role'), columns[at('role')]?.words ?? []];
    cells[role] = wordOf(cells[role], 'role', words, note, roleWords);
  }
  return { cells, attached: [] as Attached[] };
}
