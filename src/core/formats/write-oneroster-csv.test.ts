import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type RandomRoster, randomRoster } from '../../../test/random-roster.ts';
import { generate } from '../../sample/generate.ts';
import { memoryBundle } from '../bundle.ts';
import { check } from '../check.ts';
import type { Finding, Row } from '../record.ts';
import { baseDelivery, deltaDelivery } from '../rules/base-delivery.ts';
import { rules } from '../rules/index.ts';
import { fieldNames, type Kind, kindsOf, type Version } from '../tables.ts';
import { Tally } from '../tally.ts';
import { oneRosterCsv } from './oneroster-csv.ts';
import { RosterWriter, tableText, textOf } from './write-oneroster-csv.ts';

type Plain = Record<string, Record<string, string>[]>;
const versions: Version[] = ['1.1', '1.2'];

function write({ version, mode, records }: RandomRoster): Record<string, string> {
  const writer = new RosterWriter({ version, mode, source: { systemName: 'Sample SIS', systemCode: 's' } });
  for (const [kind, all] of records) for (const { record, metadata } of all) writer.record(kind, record, metadata);
  return Object.fromEntries(writer.files().map((file) => [file.name, textOf(file)]));
}

/** Every record of a delivery as texts, without judging any. */
async function read(files: Record<string, string>): Promise<Plain> {
  const records: Plain = {};
  const { tables } = await oneRosterCsv.open(memoryBundle(files), new Tally('default'));
  for (const table of tables) {
    const all: Record<string, string>[] = [];
    records[table.kind] = all;
    const names = fieldNames(table.kind);
    const row = (one: Row) => {
      const cells = names.flatMap((name, at) => (one.text(at) === '' ? [] : [[name, one.text(at)]]));
      all.push({ ...Object.fromEntries(cells), ...one.metadata });
    };
    await table.read({ columns() {}, row, broken: () => assert.fail('a row cannot be read'), drain() {} });
  }
  return records;
}

const plainOf = ({ records }: RandomRoster): Plain =>
  Object.fromEntries(
    [...records].map(([kind, all]) => [
      kind,
      all
        .map(({ record, metadata }) => ({ ...record, ...metadata }))
        .sort((a, b) => (a.sourcedId < b.sourcedId ? -1 : 1)),
    ]),
  );

async function findings(files: Record<string, string>): Promise<Finding[]> {
  const found: Finding[] = [];
  const now = new Date('2025-10-01T12:00:00Z');
  await check(memoryBundle(files), { profile: 'strict', now, report: (one) => found.push(one) });
  return found;
}

/** What a writer is answerable for; which people and classes there are is not its doing. */
const ownGroups = new Set(['package', 'manifest', 'csv', 'header', 'mode', 'cells']);
const notOurs = new Set(['sourced-id-case-collision', 'file-not-in-roster', 'list-wrong-separator']);
const ours = (found: Finding[]) =>
  found.filter(({ rule }) => ownGroups.has(rules.get(rule)?.group ?? '') && !notOurs.has(rule));

for (const version of versions) {
  test(`what is written as ${version} is read back the same, and the check finds nothing in it`, async () => {
    await fc.assert(
      fc.asyncProperty(randomRoster(version), async (roster) => {
        const files = write(roster);
        assert.deepEqual(await read(files), plainOf(roster));
        assert.deepEqual(ours(await findings(files)), []);
      }),
      { numRuns: 20 },
    );
  });

  test(`rows of a clean delivery of ${version} are written back as they were`, async () => {
    for (const [mode, files] of [
      ['bulk', baseDelivery(version)],
      ['delta', deltaDelivery(version)],
    ] as const) {
      const writer = new RosterWriter({
        version,
        mode,
        source: { systemName: 'Sample SIS', systemCode: 'sample-sis' },
      });
      await intoWriter(files, writer);
      const written = Object.fromEntries(writer.files().map((file) => [file.name, textOf(file)]));
      assert.deepEqual(written, sortedRows(files));
      assert.deepEqual(await findings(written), []);
    }
  });
}

async function intoWriter(files: Record<string, string>, writer: RosterWriter): Promise<void> {
  const { tables } = await oneRosterCsv.open(memoryBundle(files), new Tally('default'));
  for (const table of tables)
    await table.read({ columns() {}, row: (row) => writer.row(row), broken() {}, drain() {} });
}

/** The same files with their rows in the order of sourcedId; none of their cells has a line break. */
const sortedRows = (files: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(files).map(([name, text]) => {
      const [header, ...rows] = text.trimEnd().split('\r\n');
      const id = (row: string) => row.slice(0, row.indexOf(','));
      const sorted = name === 'manifest.csv' ? rows : rows.sort((a, b) => (id(a) < id(b) ? -1 : 1));
      return [name, `${[header, ...sorted].join('\r\n')}\r\n`];
    }),
  );

test('the order in which records come makes no difference', async () => {
  const sample = generate({ students: 300, seed: 7 });
  const files = Object.fromEntries(sample.files.map((file) => [file.name, [...file.text()].join('')]));
  const turned = Object.fromEntries(
    Object.entries(files).map(([name, text]) => {
      const [header, ...rows] = text.trimEnd().split(/\r?\n/);
      return [name, name === 'manifest.csv' ? text : `${[header, ...rows.reverse()].join('\r\n')}\r\n`];
    }),
  );
  const texts = [];
  for (const each of [files, turned]) {
    const writer = new RosterWriter({ version: '1.1' });
    await intoWriter(each, writer);
    texts.push(writer.files().map((file) => [file.name, file.rows, textOf(file)]));
  }
  assert.deepEqual(texts[0], texts[1]);
});

test('quotes stand only where a cell needs them, and no line break stands in a cell', () => {
  const writer = new RosterWriter({ version: '1.1' });
  const text = 'He said "no", twice\r\nand left';
  writer.record('orgs', { sourcedId: 'b', name: text, type: 'school' }, { 'metadata.z': 'x,y', 'metadata.a': '1' });
  writer.record('orgs', { sourcedId: 'a', name: "O'Neil & Sons", type: 'district' });
  const orgs = writer.files().find((file) => file.name === 'orgs.csv');
  assert.ok(orgs);
  assert.equal(
    textOf(orgs),
    'sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId,metadata.a,metadata.z\r\n' +
      "a,,,O'Neil & Sons,district,,,,\r\n" +
      'b,,,"He said ""no"", twice  and left",school,,,1,"x,y"\r\n',
  );
});

test('the manifest has every property of its version, and no file is without rows', () => {
  for (const version of versions) {
    const writer = new RosterWriter({ version });
    writer.record('orgs', { sourcedId: 'a', name: 'A', type: 'school' });
    writer.record('users', { sourcedId: 'u', username: 'u' });
    writer.leaveOut('users', 'u');
    const files = writer.files();
    assert.deepEqual(
      files.map(({ name, rows }) => [name, rows]),
      [
        ['manifest.csv', version === '1.1' ? 17 : 25],
        ['orgs.csv', 1],
      ],
    );
    const lines = textOf(files[0] as (typeof files)[0]).split('\r\n');
    assert.equal(lines.filter((line) => line.endsWith(',absent')).length, kindsOf(version).length - 1);
    assert.ok(lines.includes('file.orgs,bulk'));
  }
});

test('passwords are never written', () => {
  const writer = new RosterWriter({ version: '1.1' });
  writer.record('users', { sourcedId: 'u', username: 'u', password: 'secret-word' });
  assert.ok(writer.files().every((file) => !textOf(file).includes('secret-word')));
});

test('a stream of sorted records gives the same file as records that are collected', async () => {
  const records = Array.from({ length: 2000 }, (_, at) => ({
    record: { sourcedId: `o${String(at).padStart(5, '0')}`, name: `Örg, ${at}`, type: 'school' },
    metadata: { 'metadata.n': String(at % 7) },
  }));
  const writer = new RosterWriter({ version: '1.2' });
  for (const { record, metadata } of records) writer.record('orgs' satisfies Kind, record, metadata);
  let streamed = '';
  for await (const piece of tableText('orgs', { version: '1.2', metadata: ['metadata.n'] }, records))
    streamed += Buffer.from(piece).toString('utf8');
  const collected = writer.files().find((file) => file.name === 'orgs.csv');
  assert.ok(collected);
  assert.equal(streamed, textOf(collected));
});
