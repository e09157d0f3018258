import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { buildZip, type ZipEnd, type ZipPart } from '../../test/zip.ts';
import { EntryFault, type Limits } from '../core/bundle.ts';
import { check } from '../core/check.ts';
import type { Entry } from '../core/record.ts';
import { generate } from '../sample/generate.ts';
import { writeSample } from '../sample/write.ts';
import { type OpenedBundle, openDelivery } from './open.ts';

const limits: Limits = { unpackedLimitBytes: 64 * 1024 ** 2, zipRatioLimit: 100, zipEntriesLimit: 20 };
const folder = await mkdtemp(join(tmpdir(), 'homeroom-open-'));
const opened: OpenedBundle[] = [];
after(async () => {
  await Promise.all(opened.map((bundle) => bundle.close()));
  await rm(folder, { recursive: true });
});

let files = 0;
async function put(bytes: Buffer | string, name = 'OneRoster.zip'): Promise<string> {
  const path = join(folder, String(files++), name);
  await mkdir(join(path, '..'));
  await writeFile(path, bytes);
  return path;
}
async function openBytes(bytes: Buffer | string, name?: string, own: Partial<Limits> = {}): Promise<OpenedBundle> {
  const bundle = await openDelivery(await put(bytes, name), { ...limits, ...own });
  opened.push(bundle);
  return bundle;
}
const openParts = (parts: ZipPart[], end?: ZipEnd, own?: Partial<Limits>) =>
  openBytes(buildZip(parts, end), undefined, own);

const rulesOf = (bundle: OpenedBundle) => bundle.findings.map((finding) => finding.rule);
const namesOf = (bundle: OpenedBundle) => bundle.entries.map((entry) => entry.name);

async function text(entry: Entry | undefined): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of entry?.bytes() ?? []) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
/** The finding with which reading an entry ends; before it, no more comes out than was announced. */
async function faultOf(entry: Entry | undefined): Promise<[rule: string, message: string]> {
  let sizeBytes = 0;
  try {
    for await (const piece of entry?.bytes() ?? []) sizeBytes += piece.length;
  } catch (error) {
    assert.ok(error instanceof EntryFault, String(error));
    assert.ok(sizeBytes <= (entry?.sizeBytes ?? 0));
    return [error.finding.rule, error.finding.message];
  }
  return assert.fail('The entry was read without a fault.');
}

const orgs = 'sourcedId,status,dateLastModified,name\r\n1,,,Größe\r\n';
const good: ZipPart[] = [
  { name: 'manifest.csv', data: 'propertyName,value\r\n' },
  { name: 'orgs.csv', data: orgs },
];

test('a zip: entries are read when asked for, again and again, and in any order', async () => {
  const bundle = await openParts([...good, { name: 'users.csv', data: 'x', method: 0 }]);
  assert.deepEqual(rulesOf(bundle), []);
  assert.deepEqual([bundle.name, namesOf(bundle)], ['OneRoster.zip', ['manifest.csv', 'orgs.csv', 'users.csv']]);
  assert.equal(bundle.entries[1]?.sizeBytes, Buffer.byteLength(orgs));
  const [, second, third] = bundle.entries;
  assert.deepEqual(await Promise.all([text(second), text(third), text(second)]), [orgs, 'x', orgs]);
  for await (const _ of second?.bytes() ?? []) break;
  assert.equal(await text(second), orgs);
});

test('data descriptors, zip64, comments, bytes before the zip and empty files are all in order', async () => {
  for (const [parts, end] of [
    [[{ ...good[1], descriptor: true }], {}],
    [[{ ...good[1], zip64: true }], { zip64: true }],
    [[good[1]], { comment: 'nightly export' }],
    [[good[1], { name: 'users.csv', data: '', method: 0 }, { name: 'classes.csv', data: '' }], {}],
  ] as [ZipPart[], ZipEnd][]) {
    const bundle = await openParts(parts, end);
    assert.deepEqual(rulesOf(bundle), []);
    assert.equal(await text(bundle.entries[0]), orgs);
    for (const entry of bundle.entries.slice(1)) assert.equal(await text(entry), '');
  }
  const selfExtracting = await openParts([good[1] as ZipPart], { before: Buffer.from('#!/bin/sh\n') });
  assert.deepEqual([rulesOf(selfExtracting), await text(selfExtracting.entries[0])], [[], orgs]);
});

test('a zip without files is a zip', async () => {
  assert.deepEqual(await openParts([]).then((bundle) => [rulesOf(bundle), namesOf(bundle)]), [[], []]);
});

test('cut anywhere, a zip is incomplete or damaged', async () => {
  const whole = buildZip(good);
  for (let length = 0; length < whole.length; length += 1) {
    const bundle = await openBytes(whole.subarray(0, length));
    assert.deepEqual([rulesOf(bundle).length, namesOf(bundle)], [1, []], `cut to ${length} bytes`);
    const expected = length === 0 || length >= 4 ? 'zip-upload-incomplete' : 'zip-unreadable';
    assert.equal(bundle.findings[0]?.rule, expected, `cut to ${length} bytes: ${bundle.findings[0]?.message}`);
    await bundle.close();
  }
});

test('what is not a zip is named', async () => {
  const heads: [string, string, string, RegExp][] = [
    ["7z\xbc\xaf'\x1c\0\x04", 'OneRoster.zip', 'zip-extension-not-zip', /OneRoster\.zip is in truth a 7z archive/],
    ['Rar!\x1a\x07\x01\0', 'OneRoster.zip', 'zip-extension-not-zip', /a RAR archive/],
    ['\x1f\x8b\x08\0', 'OneRoster.tar.gz', 'zip-extension-not-zip', /a gzip file/],
    [`${'\0'.repeat(257)}ustar\0`, 'OneRoster.tar', 'zip-extension-not-zip', /a tar archive/],
    ['sourcedId,status\r\n', 'OneRoster.zip', 'zip-unreadable', /OneRoster\.zip is not a zip archive/],
    ['', 'OneRoster.zip', 'zip-upload-incomplete', /is empty/],
  ];
  for (const [head, name, rule, message] of heads) {
    const bundle = await openBytes(Buffer.from(head, 'latin1'), name);
    assert.deepEqual([rulesOf(bundle), namesOf(bundle)], [[rule], []], name);
    assert.match(bundle.findings[0]?.message ?? '', message);
  }
});

test('a zip under the name of a CSV file is opened, and said to be one', async () => {
  const bundle = await openBytes(buildZip(good), 'users.csv');
  assert.deepEqual([rulesOf(bundle), namesOf(bundle)], [['zip-extension-not-zip'], ['manifest.csv', 'orgs.csv']]);
  assert.match(bundle.findings[0]?.message ?? '', /users\.csv is in truth a zip archive/);
  const workbook = await openBytes(buildZip([{ name: '[Content_Types].xml', data: 'x' }]), 'users.csv');
  assert.match(workbook.findings[0]?.message ?? '', /an Excel workbook/);
});

test('the name under which it was sent counts, not that of the file on disk', async () => {
  const bundle = await openDelivery(await put(buildZip(good), '0197-upload'), limits, 'OneRoster.ZIP');
  opened.push(bundle);
  assert.deepEqual(
    [bundle.name, rulesOf(bundle), namesOf(bundle)],
    ['OneRoster.ZIP', [], ['manifest.csv', 'orgs.csv']],
  );
});

test('a password, traditional, strong or AES, is reported once', async () => {
  for (const part of [{ flags: 1 }, { flags: 0x41 }, { flags: 1, method: 99 }]) {
    const bundle = await openParts(good.map((one) => ({ ...one, ...part })));
    assert.deepEqual([rulesOf(bundle), namesOf(bundle)], [['zip-encrypted'], []]);
  }
});

test('compression other than Deflate is named', async () => {
  const bundle = await openParts([good[0] as ZipPart, { name: 'orgs.csv', data: orgs, method: 14 }]);
  assert.deepEqual([rulesOf(bundle), namesOf(bundle)], [['zip-compression-unsupported'], ['manifest.csv']]);
  assert.match(bundle.findings[0]?.message ?? '', /orgs\.csv is compressed by LZMA/);
});

test('a bomb is not unpacked', async () => {
  const zeros = Buffer.alloc(8 * 1024 ** 2);
  const bundle = await openParts([...good, { name: 'users.csv', data: zeros }]);
  assert.deepEqual([rulesOf(bundle), namesOf(bundle)], [['zip-size-limit'], []]);
  assert.match(
    bundle.findings[0]?.message ?? '',
    /users\.csv would unpack from [\d,]+ to 8,388,608 bytes, more than 100 times its size/,
  );
});

test('many entries over the same bytes are a bomb too', async () => {
  const noise = Buffer.from(Array.from({ length: 60_000 }, (_, i) => (i * 2654435761) % 251));
  const same = deflateRawSync(Buffer.concat(Array.from({ length: 40 }, () => noise)));
  const sizes = { packed: Buffer.alloc(0), saysPacked: same.length, saysSize: 2_400_000, saysOffset: 0 };
  const parts = ['orgs', 'classes', 'courses', 'users'].map(
    (kind, at): ZipPart =>
      at === 0 ? { name: `${kind}.csv`, ...sizes, packed: same } : { name: `${kind}.csv`, ...sizes },
  );
  const bundle = await openParts(parts, {}, { zipRatioLimit: Math.ceil(2_400_000 / same.length) + 1 });
  assert.deepEqual([rulesOf(bundle), namesOf(bundle)], [['zip-size-limit'], []]);
  assert.match(bundle.findings[0]?.message ?? '', /^The zip would unpack/);
});

test('the sum of the files and their number have limits', async () => {
  const sum = await openParts(good, {}, { unpackedLimitBytes: 60 });
  assert.deepEqual(
    [rulesOf(sum), sum.findings[0]?.message],
    [['zip-size-limit'], 'The files would unpack to 73 bytes; the limit is 60'],
  );
  const many = await openParts([...good, { name: 'a' }, { name: 'b' }], {}, { zipEntriesLimit: 3 });
  assert.deepEqual(
    [rulesOf(many), many.findings[0]?.message],
    [['zip-size-limit'], 'OneRoster.zip holds 4 files; the limit is 3'],
  );
  const liar = await openParts(good, { saysEntries: 60_000 });
  assert.deepEqual(rulesOf(liar), ['zip-size-limit']);
});

test('a lying size: no more than announced is handed out, and a bomb behind it is called one', async () => {
  const bomb = await openParts([{ name: 'users.csv', data: Buffer.alloc(40 * 1024 ** 2), saysSize: 500 }]);
  assert.deepEqual(rulesOf(bomb), []);
  const [rule, message] = await faultOf(bomb.entries[0]);
  assert.equal(rule, 'zip-size-limit');
  assert.match(message, /^users\.csv unpacks to more than [\d,]+ bytes, though the zip announces 500$/);
  for (const method of [0, 8]) {
    const slip = await openParts([{ name: 'orgs.csv', data: orgs, method, saysSize: 20 }]);
    assert.deepEqual(await faultOf(slip.entries[0]), [
      'zip-unreadable',
      'orgs.csv in the zip is damaged: it has 53 bytes, where the zip announces 20',
    ]);
    const short = await openParts([{ name: 'orgs.csv', data: orgs, method, saysSize: 80 }]);
    assert.deepEqual(await faultOf(short.entries[0]), [
      'zip-unreadable',
      'orgs.csv in the zip is damaged: it has 53 bytes, where the zip announces 80',
    ]);
  }
});

test('a wrong checksum, broken data and data that end early are found while reading', async () => {
  const wrong = await openParts([{ name: 'orgs.csv', data: orgs, saysCrc: 1 }]);
  assert.deepEqual(await faultOf(wrong.entries[0]), [
    'zip-unreadable',
    'orgs.csv in the zip is damaged: its checksum is wrong',
  ]);
  const packed = deflateRawSync(orgs);
  for (const bytes of [Buffer.alloc(packed.length, 0xff), packed.subarray(0, 20)]) {
    const bundle = await openParts([{ name: 'orgs.csv', data: orgs, packed: bytes }]);
    assert.deepEqual(await faultOf(bundle.entries[0]), [
      'zip-unreadable',
      'orgs.csv in the zip is damaged: its compressed data are broken or end early',
    ]);
  }
});

test('offsets that point nowhere make the zip damaged, also when they are absurd', async () => {
  for (const saysOffset of [10_000_000, 5]) {
    const bundle = await openParts([{ name: 'orgs.csv', data: orgs, saysOffset }]);
    assert.deepEqual(
      [rulesOf(bundle), bundle.findings[0]?.message],
      [['zip-unreadable'], 'OneRoster.zip is damaged: orgs.csv is not where the list of its files says'],
    );
  }
  const directory = await openParts(good, { saysOffset: 0xfffffff0 });
  assert.deepEqual(rulesOf(directory), ['zip-unreadable']);
  const wide = buildZip(good, { zip64: true });
  const locator = wide.lastIndexOf('PK\x06\x07');
  wide.writeBigUInt64LE(2n ** 63n + 1n, locator + 8);
  assert.deepEqual(rulesOf(await openBytes(wide)), ['zip-unreadable']);
});

test('bytes after the end and split archives are said to be what they are', async () => {
  assert.match(
    (await openParts(good, { after: Buffer.from('\r\n') })).findings[0]?.message ?? '',
    /bytes follow after its end/,
  );
  assert.match(
    (await openParts(good, { disk: 2 })).findings[0]?.message ?? '',
    /one part of an archive that was split/,
  );
});

test('a wrapping folder is reported once and read as if it were not there', async () => {
  const bundle = await openParts([
    { name: 'export/', data: '' },
    ...good.map((part) => ({ ...part, name: `export/${part.name}` })),
  ]);
  assert.deepEqual(
    bundle.findings.map(({ rule, file, message }) => [rule, file, message]),
    [['zip-nested-folder', 'export/', 'The folder export/ holds 2 files, among them manifest.csv']],
  );
  assert.deepEqual(namesOf(bundle), ['manifest.csv', 'orgs.csv']);
  assert.equal(await text(bundle.entries[1]), orgs);
  const windows = await openParts([{ name: 'export\\orgs.csv', data: orgs }]);
  assert.deepEqual([rulesOf(windows), namesOf(windows)], [['zip-nested-folder'], ['orgs.csv']]);
});

test('names that point outside are never entries', async () => {
  for (const name of [
    '../users.csv',
    '/users.csv',
    '/etc/users.csv',
    'C:\\users.csv',
    'c:users.csv',
    'a/../../users.csv',
    '..\\users.csv',
    '\\\\host\\users.csv',
    'users.csv\0.txt',
  ]) {
    const bundle = await openParts([...good, { name, data: 'x' }]);
    assert.deepEqual([rulesOf(bundle), namesOf(bundle)], [['zip-unsafe-path'], ['manifest.csv', 'orgs.csv']], name);
  }
});

test('the same file twice, in the same or in other capitals, or in a folder', async () => {
  const twice = await openParts([...good, { name: 'orgs.csv', data: 'other' }]);
  assert.deepEqual([rulesOf(twice), namesOf(twice)], [['zip-duplicate-entry'], ['manifest.csv', 'orgs.csv']]);
  assert.equal(await text(twice.entries[1]), orgs);
  const capitals = await openParts([...good, { name: 'Orgs.csv', data: 'other' }]);
  assert.deepEqual(rulesOf(capitals), ['zip-file-name-case', 'zip-duplicate-entry']);
  const old = await openParts([...good, { name: 'old/orgs.csv', data: 'other' }]);
  assert.deepEqual([...rulesOf(old)].sort(), ['zip-duplicate-entry', 'zip-nested-folder']);
});

test('capitals, known misspellings, unknown files, hidden files, inner zips', async () => {
  const bundle = await openParts([
    { name: 'academicsessions.csv', data: 'a' },
    { name: 'courseResourses.csv', data: 'b' },
    { name: 'readme.txt', data: 'c' },
    { name: '__MACOSX/._users.csv', data: 'd' },
    { name: '.DS_Store', data: 'e' },
    { name: 'Thumbs.db', data: 'f' },
    { name: 'old.ZIP', data: 'g' },
  ]);
  assert.deepEqual(
    bundle.findings.map(({ rule, file }) => [rule, file]),
    [
      ['zip-file-name-case', 'academicsessions.csv'],
      ['zip-file-name-alias', 'courseResourses.csv'],
      ['zip-unknown-file', 'readme.txt'],
      ['zip-os-junk-file', '__MACOSX/._users.csv'],
      ['zip-os-junk-file', '.DS_Store'],
      ['zip-os-junk-file', 'Thumbs.db'],
      ['zip-nested-zip', 'old.ZIP'],
    ],
  );
  assert.deepEqual(namesOf(bundle), ['academicSessions.csv', 'courseResources.csv', 'readme.txt']);
});

test('a zip inside under the name of a CSV file is found when it is read', async () => {
  const bundle = await openParts([{ name: 'users.csv', data: buildZip(good) }]);
  const [rule, message] = await faultOf(bundle.entries[0]);
  assert.deepEqual(
    [rule, message],
    ['zip-nested-zip', 'users.csv is in truth a zip archive or an Excel workbook, not a CSV file'],
  );
});

test('a folder: the files at its top', async () => {
  const path = join(folder, 'set');
  await mkdir(join(path, 'deeper'), { recursive: true });
  await writeFile(join(path, 'orgs.csv'), orgs);
  await writeFile(join(path, 'Users.csv'), 'x');
  await writeFile(join(path, '.DS_Store'), 'x');
  await writeFile(join(path, 'deeper', 'classes.csv'), 'x');
  const bundle = await openDelivery(path, limits);
  assert.deepEqual(
    [bundle.name, namesOf(bundle), rulesOf(bundle).sort()],
    ['set', ['users.csv', 'orgs.csv'], ['zip-file-name-case', 'zip-os-junk-file']],
  );
  assert.equal(await text(bundle.entries[1]), orgs);
  const files = await openDelivery([join(path, 'orgs.csv'), join(path, 'deeper', 'classes.csv')], limits);
  assert.deepEqual([files.name, namesOf(files), rulesOf(files)], ['set', ['orgs.csv', 'classes.csv'], []]);
  const one = await openDelivery(join(path, 'orgs.csv'), limits);
  assert.deepEqual([one.name, namesOf(one), rulesOf(one)], ['orgs.csv', ['orgs.csv'], []]);
  const large = await openDelivery(path, { ...limits, unpackedLimitBytes: 10 });
  assert.deepEqual([namesOf(large), rulesOf(large)], [[], ['zip-size-limit']]);
});

test('what is not there is said in a sentence', async () => {
  await assert.rejects(openDelivery('/nowhere/OneRoster.zip', limits), {
    message: 'There is no file or folder /nowhere/OneRoster.zip.',
  });
  await assert.rejects(openDelivery([], limits), /Give a zip/);
  await assert.rejects(openDelivery([folder, folder], limits), /is not a file/);
});

test('a generated district comes out of its zip as it went in', async () => {
  const sample = generate({ students: 700, seed: 5 });
  const path = join(folder, 'sample.zip');
  await writeSample(sample, path);
  const bundle = await openDelivery(path, limits);
  opened.push(bundle);
  assert.deepEqual(rulesOf(bundle), []);
  assert.deepEqual(
    namesOf(bundle),
    sample.files.map((file) => file.name),
  );
  for (const [at, file] of sample.files.entries())
    assert.equal(await text(bundle.entries[at]), [...file.text()].join(''));
});

test('the check reports a manifest that is damaged in the zip, and takes nothing', async () => {
  for (const part of [
    { ...good[0], saysCrc: 1 },
    { name: 'manifest.csv', data: buildZip(good) },
  ] as ZipPart[]) {
    const bundle = await openParts([part, { name: 'orgs.csv', data: orgs }]);
    const found: string[] = [];
    const result = await check(bundle, { profile: 'default', report: (finding) => found.push(finding.rule) });
    assert.deepEqual([found, result.tables], [[part.saysCrc ? 'zip-unreadable' : 'zip-nested-zip'], []]);
  }
});

/** Opens and reads everything; only findings may come of it. */
async function survives(bytes: Buffer, name: string): Promise<void> {
  const bundle = await openBytes(bytes, name, { unpackedLimitBytes: 4 * 1024 ** 2 });
  for (const entry of bundle.entries) {
    try {
      await text(entry);
    } catch (error) {
      if (!(error instanceof EntryFault)) throw error;
    }
  }
  await bundle.close();
}

test('random bytes never throw', async () => {
  const magic = fc.constantFrom('', 'PK\x03\x04', 'PK\x05\x06', 'Rar!\x1a\x07');
  await fc.assert(
    fc.asyncProperty(
      magic,
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom('a.zip', 'users.csv', 'x'),
      (head, tail, name) => survives(Buffer.concat([Buffer.from(head, 'latin1'), tail]), name),
    ),
    { numRuns: 150 },
  );
});

test('a zip with bytes changed at random never throws, wherever they are', async () => {
  const wholes = [
    buildZip(good),
    buildZip(
      good.map((part) => ({ ...part, zip64: true })),
      { zip64: true },
    ),
    buildZip([{ ...good[1], descriptor: true } as ZipPart]),
  ];
  const change = fc.record({ at: fc.nat(), byte: fc.constantFrom(0, 1, 0x50, 0x7f, 0x80, 0xfe, 0xff) });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...wholes),
      fc.array(change, { minLength: 1, maxLength: 12 }),
      async (whole, changes) => {
        const bytes = Buffer.from(whole);
        for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
        await survives(bytes, 'OneRoster.zip');
      },
    ),
    { numRuns: 400 },
  );
});
