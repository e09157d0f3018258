/** Holds the browser's way of opening files to the command line's: the same files give the same findings. */

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { usualLimits } from '../../src/core/bundle.ts';
import { check } from '../../src/core/check.ts';
import type { Bundle, Finding } from '../../src/core/record.ts';
import { writeXlsx } from '../../src/package/write-xlsx.ts';
import { openDelivery } from '../../src/sync/open.ts';
import { buildZip, type ZipEnd, type ZipPart } from '../../test/zip.ts';
import { openFiles } from './files.ts';

const folder = await mkdtemp(join(tmpdir(), 'homeroom-files-'));
after(() => rm(folder, { recursive: true }));

const limits = { ...usualLimits, unpackedLimitBytes: 64 * 1024 ** 2, zipEntriesLimit: 20 };
const now = new Date('2026-11-21T00:00:00Z');

async function told(bundle: Bundle) {
  const findings: Finding[] = [];
  const result = await check(bundle, { profile: 'default', now, report: (finding) => findings.push(finding) });
  return { name: bundle.name, entries: bundle.entries.map(({ name }) => name), result, findings };
}

/**
 * Asserts that both say the same; answers the rules they name. Of broken compressed data, they may differ in how much was
 * readable before the break.
 */
async function same(bytes: Uint8Array<ArrayBuffer>, name = 'OneRoster.zip', about?: string): Promise<string[]> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  const delivery = await openDelivery(path, limits);
  const there = await told(delivery);
  await delivery.close();
  const here = await told(await openFiles([new File([bytes], name)], name, limits));
  const isBroken = there.findings.some(({ message }) => /compressed data are broken/.test(message));
  if (isBroken) assert.deepEqual(fatal(here), fatal(there), about);
  else assert.deepEqual(here, there, about);
  return Object.keys(here.result.rules);
}
const fatal = ({ findings }: { findings: Finding[] }) => findings.filter(({ severity }) => severity === 'fatal');
const sameParts = (parts: ZipPart[], end?: ZipEnd) => same(Uint8Array.from(buildZip(parts, end)));

const orgs = 'sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\n1,,,Größe,school,,\r\n';
const manifest =
  'propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.1\r\nfile.orgs,bulk\r\nsource.systemName,x\r\n';
const good: ZipPart[] = [
  { name: 'manifest.csv', data: manifest },
  { name: 'orgs.csv', data: orgs },
];
const packed = deflateRawSync(orgs);
const [first, second] = good as [ZipPart, ZipPart];

const zips: [rule: string | undefined, about: string, parts: ZipPart[], end?: ZipEnd][] = [
  [undefined, 'clean', good],
  [undefined, 'stored', good.map((part) => ({ ...part, method: 0 }))],
  [undefined, 'data descriptors', good.map((part) => ({ ...part, descriptor: true }))],
  [undefined, 'zip64', good.map((part) => ({ ...part, zip64: true })), { zip64: true }],
  [undefined, 'a comment', good, { comment: 'nightly export' }],
  [undefined, 'something before', good, { before: Buffer.from('#!/bin/sh\n') }],
  ['zip-nested-folder', 'a wrapping folder', good.map((part) => ({ ...part, name: `export/${part.name}` }))],
  ['zip-unsafe-path', 'a name outside', [...good, { name: '../users.csv', data: 'x' }]],
  ['zip-encrypted', 'a password', good.map((part) => ({ ...part, flags: 1 }))],
  ['zip-encrypted', 'a strong password', good.map((part) => ({ ...part, flags: 0x41 }))],
  ['zip-compression-unsupported', 'LZMA', [first, { ...second, method: 14 }]],
  ['zip-size-limit', 'a bomb', [...good, { name: 'users.csv', data: Buffer.alloc(8 * 1024 ** 2) }]],
  [
    'zip-size-limit',
    'a lying bomb',
    [...good, { name: 'users.csv', data: Buffer.alloc(40 * 1024 ** 2), saysSize: 50 }],
  ],
  ['zip-unreadable', 'a size too small', [first, { ...second, saysSize: 20 }]],
  ['zip-unreadable', 'a size too large', [first, { ...second, saysSize: 800 }]],
  ['zip-unreadable', 'a wrong checksum', [first, { ...second, saysCrc: 1 }]],
  ['zip-unreadable', 'broken data', [first, { ...second, packed: Buffer.alloc(packed.length, 0xff) }]],
  ['zip-unreadable', 'data that end early', [first, { ...second, packed: packed.subarray(0, 20) }]],
  ['zip-unreadable', 'an offset beyond the end', [first, { ...second, saysOffset: 10_000_000 }]],
  ['zip-unreadable', 'bytes after the end', good, { after: Buffer.from('\r\n') }],
  ['zip-unreadable', 'one part of several', good, { disk: 2 }],
  ['zip-size-limit', 'too many entries', good, { saysEntries: 60_000 }],
  ['zip-nested-zip', 'a zip inside', [...good, { name: 'old.zip', data: 'x' }]],
  ['zip-nested-zip', 'a zip called CSV', [first, { name: 'orgs.csv', data: buildZip(good) }]],
  ['zip-duplicate-entry', 'a file twice', [...good, second]],
  ['csv-utf16-encoding', 'UTF-16', [first, { name: 'orgs.csv', data: Buffer.from(`\ufeff${orgs}`, 'utf16le') }]],
  ['manifest-missing', 'nothing of ours', [{ name: 'readme.txt', data: 'x' }]],
];

for (const [rule, about, parts, end] of zips)
  test(`a zip with ${about} is told alike`, async () => {
    const rules = await sameParts(parts, end);
    if (rule) assert.ok(rules.includes(rule), `${rule} is not among ${rules.join(', ')}`);
    else assert.ok(!rules.some((each) => each.startsWith('zip-')), rules.join(', '));
  });

test('bytes after the compressed data of a file do not matter', async () => {
  const rules = await sameParts([first, { ...second, packed: Buffer.concat([packed, Buffer.from('junk')]) }]);
  assert.ok(!rules.includes('zip-unreadable'));
});

test('a zip that is cut anywhere is told alike', async () => {
  const whole = Uint8Array.from(buildZip(good));
  for (let length = 0; length < whole.length; length += 7)
    await same(whole.slice(0, length), undefined, `${length} bytes`);
});

test('what is not a zip is told alike', async () => {
  assert.deepEqual(await same(Uint8Array.from(Buffer.from("7z\xbc\xaf'\x1c\0\x04", 'latin1'))), [
    'zip-extension-not-zip',
  ]);
  assert.deepEqual(await same(Uint8Array.from(Buffer.from(orgs))), ['zip-unreadable']);
  assert.ok((await same(Uint8Array.from(buildZip(good)), 'users.csv')).includes('zip-extension-not-zip'));
  await same(Uint8Array.from(Buffer.from(orgs)), 'orgs.csv');
  await same(Uint8Array.from(Buffer.from(orgs)), 'Orgs.CSV');
  await same(new Uint8Array(0), 'orgs.csv');
});

test('workbooks, PDFs and files of other formats are told alike', async () => {
  const columns = ['StudentNumber', 'FirstName', 'LastName', 'Username', 'GradeLevel', 'OrganizationNumber'];
  const rows = [['000451', 'Mia', 'Stone', 'mia451', '3', '0101']];
  const book = Uint8Array.from(await writeXlsx({ title: 'Students', columns, rows }));
  assert.ok(
    !(await same(book, 'Student.xlsx')).some((rule) => rule.startsWith('workbook-') || rule.startsWith('zip-')),
  );
  await sameParts([{ name: 'Student.xlsx', data: Buffer.from(book) }]);
  assert.deepEqual(await same(book, 'OneRoster.zip'), ['zip-extension-not-zip']);
  assert.deepEqual(await same(book.slice(0, book.length - 60), 'Student.xlsx'), ['zip-upload-incomplete']);
  const old = Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ...new Array(600).fill(0)]);
  assert.ok((await same(old, 'Student.xls')).includes('workbook-old'));
  assert.deepEqual(await same(Uint8Array.from(Buffer.from('%PDF-1.4 roster')), 'students.pdf'), [
    'zip-extension-not-zip',
  ]);
  await same(
    Uint8Array.from(Buffer.from(`${columns.join()}\n${rows.map((row) => row.join()).join('\n')}\n`)),
    'Student.csv',
  );
  await same(Uint8Array.from(Buffer.from(`${columns.join(';')}\n`)), 'Student.csv');
});

test('a set of loose files is told alike', async () => {
  const set = join(folder, 'set');
  await mkdir(set);
  const files = ['Orgs.csv', 'manifest.csv', '.DS_Store', 'old.zip'].sort();
  const bytes: Record<string, string> = {
    'Orgs.csv': orgs,
    'manifest.csv': manifest,
    '.DS_Store': 'x',
    'old.zip': 'x',
  };
  for (const name of files) await writeFile(join(set, name), bytes[name] as string);
  const chosen = files.map((name) => new File([bytes[name] as string], name));
  const here = await told(await openFiles(chosen, 'set', limits));
  assert.deepEqual(here, await told(await openDelivery(set, limits)));
  const small = { ...limits, unpackedLimitBytes: 10 };
  assert.deepEqual(await told(await openFiles(chosen, 'set', small)), await told(await openDelivery(set, small)));
});

test('a zip with bytes changed at random is told alike, wherever they are', async () => {
  const wholes = [
    buildZip(good),
    buildZip(
      good.map((part) => ({ ...part, zip64: true })),
      { zip64: true },
    ),
    buildZip(good.map((part) => ({ ...part, descriptor: true, method: 0 }))),
  ];
  const change = fc.record({ at: fc.nat(), byte: fc.constantFrom(0, 1, 0x50, 0x7f, 0x80, 0xfe, 0xff) });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...wholes),
      fc.array(change, { minLength: 1, maxLength: 8 }),
      async (whole, changes) => {
        const bytes = Uint8Array.from(whole);
        for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
        await same(bytes);
      },
    ),
    { numRuns: 300 },
  );
});
