/** Random rosters made from the tables themselves: every kind, every column, references that hold, values that are allowed. */

import fc from 'fast-check';
import { type Field, fieldNames, type Kind, kindsOf, tableOf, targetOf, type Version } from '../src/core/tables.ts';

export type Cells = Record<string, string>;
export type RandomRecord = { record: Cells & { sourcedId: string }; metadata: Record<string, string> };
export type RandomRoster = { version: Version; mode: 'bulk' | 'delta'; records: Map<Kind, RandomRecord[]> };

/** Texts with everything that a CSV cell has to survive, and nothing that a rule remarks upon. */
const words = fc
  .string({ unit: fc.constantFrom(...'abzABZ09éßñ漢😀", ;|\'/&<>'), minLength: 1, maxLength: 24 })
  .map((text) => `a${text}`.trimEnd());
const item = fc.string({ unit: fc.constantFrom(...'abzAZ09é"'), minLength: 1, maxLength: 8 }).map((text) => `a${text}`);
const idText = fc.string({ unit: fc.constantFrom(...'abcdez0189._/@-'), minLength: 1, maxLength: 20 });
const day = fc
  .record({
    y: fc.integer({ min: 1990, max: 2030 }),
    m: fc.integer({ min: 1, max: 12 }),
    d: fc.integer({ min: 1, max: 28 }),
  })
  .map(({ y, m, d }) => `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`);
const list = (one: fc.Arbitrary<string>) =>
  fc.uniqueArray(one, { minLength: 1, maxLength: 3 }).map((all) => all.join(','));
const number = fc.integer({ min: -500, max: 500 }).map((n) => String(n / 4));

/** A function that draws a value, so that records can be built in plain code. */
type Draw = <T>(from: fc.Arbitrary<T>) => T;

export function randomRoster(version: Version): fc.Arbitrary<RandomRoster> {
  return fc.gen().map((gen) => {
    const draw: Draw = (from) => gen(() => from);
    const mode = draw(fc.constantFrom('bulk', 'bulk', 'delta'));
    const records = new Map<Kind, RandomRecord[]>();
    for (const kind of kindsOf(version)) {
      const count = draw(fc.integer({ min: 1, max: 3 }));
      const ids =
        kind === 'demographics'
          ? (records.get('users') ?? []).map(({ record }) => record.sourcedId).slice(0, count)
          : draw(fc.uniqueArray(idText, { minLength: count, maxLength: count }));
      records.set(kind, []);
      for (const [at, id] of ids.entries()) {
        const made = { sourcedId: id, ...fill(kind, version, at, records, draw) };
        if (mode === 'delta') Object.assign(made, { status: 'active', dateLastModified: '2025-09-01T06:00:00.000Z' });
        const metadata = draw(fc.dictionary(fc.constantFrom('metadata.x', 'metadata.a.b'), words, { maxKeys: 2 }));
        (records.get(kind) as RandomRecord[]).push({ record: made, metadata: { ...metadata } });
      }
    }
    return { version, mode, records };
  });
}

function fill(kind: Kind, version: Version, at: number, records: Map<Kind, RandomRecord[]>, draw: Draw): Cells {
  const cells: Cells = {};
  for (const name of fieldNames(kind).slice(3)) {
    const field = tableOf(kind).fields[name] as Field;
    if (!field.versions.includes(version) || name === 'password') continue;
    if (!field.required.includes(version) && draw(fc.boolean())) continue;
    const value = drawValue(kind, name, field, version, at, records, draw);
    if (value !== '') cells[name] = value;
  }
  if (cells.endDate && cells.beginDate && cells.endDate <= cells.beginDate) cells.endDate = '2031-01-01';
  if (cells.endDate && cells.startDate && cells.endDate <= cells.startDate) cells.endDate = '2031-01-01';
  if (!cells.subjects || !cells.subjectCodes || count(cells.subjects) !== count(cells.subjectCodes)) {
    delete cells.subjects;
    delete cells.subjectCodes;
  }
  if (cells.source === 'case') cells.learningObjectiveId = 'urn:uuid:123e4567-e89b-12d3-a456-426614174000';
  return cells;
}

const count = (text: string) => text.split(',').length;

function drawValue(
  kind: Kind,
  name: string,
  field: Field,
  version: Version,
  at: number,
  records: Map<Kind, RandomRecord[]>,
  draw: Draw,
): string {
  const target = targetOf(field);
  if (target && (field.type === 'ref' || field.type === 'refs')) {
    const known = (records.get(target) ?? []).filter(
      ({ record }) => !field.only || field.only.includes(record.type ?? ''),
    );
    const ids = known.map(({ record }) => record.sourcedId);
    if (ids.length === 0) return '';
    return field.type === 'refs'
      ? draw(fc.shuffledSubarray(ids, { minLength: 1 })).join(',')
      : draw(fc.constantFrom(...ids));
  }
  const tokens = field.values?.[version] ?? [];
  const own = field.extensible && version === '1.2' ? ['ext:own'] : [];
  if (name === 'type' && at === 0 && kind === 'orgs') return 'school';
  if (name === 'type' && at === 0 && kind === 'academicSessions') return 'schoolYear';
  if (name === 'email') return `${draw(fc.constantFrom('a', 'b.c'))}@example.org`;
  const types: Partial<Record<Field['type'], () => string>> = {
    enum: () => draw(fc.constantFrom(...tokens, ...own)),
    boolean: () => draw(fc.constantFrom(...tokens)),
    enums: () => draw(list(fc.constantFrom(...tokens))),
    grades: () => draw(list(fc.constantFrom(...tokens))),
    date: () => draw(day),
    dateTime: () => '2025-09-01T06:00:00.000Z',
    year: () => draw(fc.constantFrom('2025', '2026')),
    integer: () => String(draw(fc.integer({ min: 0, max: 100 }))),
    float: () => draw(number),
    strings: () => draw(list(item)),
    userIds: () => draw(fc.constantFrom('{LDAP:jdoe}', '{LDAP:jdoe},{LTI:42}')),
    scoreScaleValues: () => '{A+:100},{A:94}',
  };
  return (types[field.type] ?? (() => draw(words)))();
}
