/** What is read straight from bytes is what the parser makes of it: line by line, id by id, and without a remark. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CollectionName, collections } from '../../src/core/rest/collections.ts';
import { PackedRows } from '../../src/pull/packed.ts';
import { type Page, readPage } from '../../src/pull/page.ts';
import { quickReader } from '../../src/pull/quick/reader.ts';
import { type Json, rosterOf, sampleFiles } from './roster.ts';
import { switches } from './switches.ts';

const files = sampleFiles(30);
const now = Date.parse('2026-03-01T00:00:00Z');
const names = ['enrollments', 'users', 'demographics'] as const satisfies CollectionName[];

function read(name: CollectionName, version: '1.1' | '1.2', text: string | Buffer): Page {
  const body = Buffer.from(text as string);
  const answer = { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body };
  return readPage(answer, collections[name], { version, localAsSchool: false, now: () => now });
}

function told(page: Page) {
  const { block, count, unreadable, notes } = page.pack(page.rows);
  // A row without an id is told apart by all that it says.
  const keys = page.keys.map((key) => key.replace(/,?"nobody":1/, ''));
  return { block: block.toString('hex').match(/.{1,64}/g), keys, count, unreadable, notes };
}

/** A field that nobody knows is for the parser, which leaves it out. */
const parsed = (rows: readonly unknown[]) =>
  rows.map((row) => (typeof row === 'object' && row !== null && !Array.isArray(row) ? { ...row, nobody: 1 } : row));

function same(name: CollectionName, version: '1.1' | '1.2', rows: readonly unknown[], indent?: number): void {
  const quick = told(read(name, version, JSON.stringify({ [name]: rows }, null, indent)));
  assert.deepEqual(quick, told(read(name, version, JSON.stringify({ [name]: parsed(rows) }))));
}

const rowsOf = (name: (typeof names)[number], version: '1.1' | '1.2'): Json[] =>
  rosterOf(files, version).collections.get(name) ?? [];

test('rows of a usual server are read without the parser', () => {
  for (const name of names) {
    const bytes = Buffer.from(JSON.stringify(rowsOf(name, '1.1')).slice(1, -1));
    const packed: string[] = [];
    const packer = { addPlain: () => {} };
    const { kind } = collections[name];
    const end = quickReader(kind, '1.1')?.read(bytes, 0, bytes.length, now, packer as never, packed);
    assert.equal(end, bytes.length, name);
    assert.equal(packed.length, rowsOf(name, '1.1').length, name);
  }
});

for (const version of ['1.1', '1.2'] as const) {
  for (const name of names) {
    test(`${name} of ${version}: the same lines as by the parser, whatever the server does otherwise`, () => {
      const rows = rowsOf(name, version);
      same(name, version, rows);
      same(name, version, rows, 2);
      for (const { record } of Object.values(switches) as { record?: (row: Json, name: string) => Json }[]) {
        if (!record) continue;
        const changed = rows.map((row) => record(row, name));
        same(name, version, changed);
        // One that is odd among plain ones.
        same(name, version, rows.toSpliced(3, 2, changed[3] as Json, changed[4] as Json));
      }
    });
  }
}

const day = fc.constantFrom(
  '2026-01-15',
  '2026-02-29',
  '2024-02-29',
  '9999-12-31',
  '1/5/2026',
  '2026-1-5',
  '',
  '0001-01-01',
);
const time = fc.constantFrom(
  '2026-01-15T08:30:00.000Z',
  '2026-02-31T08:30:00.000Z',
  '2026-01-15T24:00:00.000Z',
  '2026-01-15T08:30:00Z',
  '2026-01-15T08:30:00.000+01:00',
  '2199-01-01T00:00:00.000Z',
  '2026-03-01T00:10:00.000Z',
  '2026-03-01T00:10:00.001Z',
);
const text = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.string({ unit: 'grapheme', maxLength: 5 }),
  fc.constantFrom(
    'a,b',
    'say "x"',
    ' a',
    'a ',
    '\u00a0a',
    'a\u00a0',
    '\ufeffa',
    '\u007f',
    'é',
    '１',
    'tab\there',
    '{a:b}',
    'a:b',
  ),
);
const word = fc.constantFrom(
  'student',
  'teacher',
  'Student',
  'administrator',
  'aide',
  'active',
  'tobedeleted',
  'Active',
  '',
);
const flagged = fc.constantFrom('true', 'false', true, false, 'TRUE', '1', 1, '', null);
const reference = fc.oneof(
  fc.record({ href: text, sourcedId: text, type: text }, { requiredKeys: ['sourcedId'] }),
  fc.record({ href: text }),
  text,
);
const odd = fc.oneof(
  text,
  word,
  flagged,
  reference,
  fc.array(fc.oneof(text, reference), { maxLength: 3 }),
  fc.constant({}),
);

/** Fields of their own kind mostly, and now and then something else; in any order; the last of two counts. */
const record = fc
  .array(
    fc.oneof(
      fc.tuple(fc.constantFrom('sourcedId'), text),
      fc.tuple(fc.constant('status'), word),
      fc.tuple(fc.constant('dateLastModified'), time),
      fc.tuple(fc.constantFrom('class', 'user', 'school'), reference),
      fc.tuple(fc.constant('orgs'), fc.array(reference, { maxLength: 3 })),
      fc.tuple(fc.constantFrom('role', 'sex'), word),
      fc.tuple(fc.constantFrom('primary', 'enabledUser', 'asian'), flagged),
      fc.tuple(fc.constantFrom('beginDate', 'endDate', 'birthDate'), day),
      fc.tuple(fc.constantFrom('grades'), fc.array(text, { maxLength: 3 })),
      fc.tuple(
        fc.constant('userIds'),
        fc.array(fc.record({ type: text, identifier: text }, { requiredKeys: ['identifier'] }), { maxLength: 2 }),
      ),
      fc.tuple(fc.constantFrom('username', 'givenName', 'familyName', 'email', 'password', 'metadata'), text),
      fc.tuple(
        fc.constantFrom('sourcedId', 'username', 'class', 'orgs', 'metadata', 'grades', 'status', 'beginDate'),
        odd,
      ),
    ),
    { maxLength: 14 },
  )
  .map((pairs) => `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`);

const usual = fc
  .constantFrom(...names.flatMap((name) => rowsOf(name, '1.1').slice(0, 5)))
  .map((row) => JSON.stringify(row));

test('any mixture of records gives the same lines, by whichever way each of them is read', () => {
  const pages = fc.tuple(
    fc.constantFrom(...names),
    fc.constantFrom('1.1', '1.2'),
    fc.array(fc.oneof(record, usual), { maxLength: 6 }),
  );
  fc.assert(
    fc.property(pages, ([name, version, rows]) => {
      const quick = told(read(name, version as '1.1', `{"${name}":[${rows.join(',')}]}`));
      const slow = rows.map((row) => (row === '{}' ? '{"nobody":1}' : `${row.slice(0, -1)},"nobody":1}`));
      assert.deepEqual(quick, told(read(name, version as '1.1', `{"${name}":[${slow.join(',')}]}`)));
    }),
    { numRuns: Number(process.env.QUICK_RUNS ?? 2000) },
  );
});

/** The places of all that is not an object in a record. */
function placesIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([name, own]) => placesIn(own, [...path, name]));
  return Array.isArray(value) ? [path, ...inner] : inner;
}

function changedAt(record: unknown, [name, ...rest]: string[], value: unknown): unknown {
  if (name === undefined) return value;
  const own = record as Json;
  const inner = changedAt(own[name], rest, value);
  return Array.isArray(record) ? record.with(Number(name), inner) : { ...own, [name]: inner };
}

test('of records that are written alike, one value is another one: each in its turn, at each place', () => {
  const values = fc.sample(fc.oneof(text, word, day, time, flagged, reference, odd), { numRuns: 40, seed: 7 });
  values.push(
    'a,b',
    'a:b',
    ' a',
    'a ',
    'a\\b',
    'a"b',
    '\ta',
    true,
    false,
    null,
    true,
    'true',
    'false',
    '',
    'x',
    'xy',
    'xyz',
  );
  values.push('2026-02-28', '2026-02-30', '2026-01-15T08:30:00.000Z', '2026-01-15T08:30:00.001Z', '9', '09', 'student');
  for (const version of ['1.1', '1.2'] as const)
    for (const name of names) {
      // One of each shape: the places that it has, and so the lengths of its lists.
      const shapes = new Map(rowsOf(name, version).map((row) => [placesIn(row).join(), row]));
      for (const [row, place] of [...shapes.values()].flatMap((each) =>
        placesIn(each).map((at) => [each, at] as const),
      )) {
        const changed = values.map((value) => changedAt(row, place, value));
        same(name, version, changed);
        same(
          name,
          version,
          changed.flatMap((each) => [row, each]),
        );
      }
    }
});

test('a record that goes on behind the end is left for whoever knows more', () => {
  const rows = rowsOf('enrollments', '1.1').slice(0, 3);
  const bytes = Buffer.from(JSON.stringify(rows).slice(1, -1));
  const second = JSON.stringify(rows[0]).length + 1;
  for (let end = second + 1; end < second + JSON.stringify(rows[1]).length; end++) {
    const packed: string[] = [];
    const reader = quickReader('enrollments', '1.1');
    assert.equal(reader?.read(Buffer.from(bytes), 0, end, now, { addPlain: () => {} } as never, packed), second);
    assert.deepEqual(packed, [rows[0]?.sourcedId]);
  }
});

test('what is no JSON is a failure wherever it is broken, and never a shorter page', () => {
  const rows = rowsOf('enrollments', '1.1').slice(0, 4);
  const whole = JSON.stringify({ enrollments: rows });
  const count = read('enrollments', '1.1', whole).keys.length;
  assert.equal(count, 4);
  const isJson = (given: string) => {
    try {
      JSON.parse(given);
      return true;
    } catch {
      return false;
    }
  };
  for (let at = 0; at < whole.length; at++) {
    for (const broken of [
      whole.slice(0, at) + whole.slice(at + 1),
      `${whole.slice(0, at)},${whole.slice(at)}`,
      `${whole.slice(0, at)}"${whole.slice(at)}`,
      `${whole.slice(0, at)}}${whole.slice(at)}`,
      whole.slice(0, at),
    ])
      if (!isJson(broken))
        assert.throws(
          () => read('enrollments', '1.1', broken),
          { name: 'PullTrouble' },
          broken.slice(Math.max(0, at - 40), at + 40),
        );
  }
  const bytes = Buffer.from(whole);
  bytes[whole.indexOf('student') + 1] = 0xff;
  assert.throws(() => read('enrollments', '1.1', bytes), { code: 'not-utf8' });
});

test('two ids apart in letters beyond ASCII, a comma in a name, and a quotation mark come through', () => {
  const rows = rowsOf('users', '1.1')
    .slice(0, 3)
    .map((row, at) => ({ ...row, sourcedId: `é${at}`, familyName: ['O,Neil', 'say "x"', 'Łódź'][at] }));
  const page = read('users', '1.1', JSON.stringify({ users: rows }));
  const packed = new PackedRows(page.pack(page.rows).block);
  assert.deepEqual(
    rows.map((_, row) => [packed.id(row), packed.cells(row)[6]]),
    [
      ['é0', 'O,Neil'],
      ['é1', 'say "x"'],
      ['é2', 'Łódź'],
    ],
  );
});
