import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isUsable, nameKind } from './names.ts';
import { absolute, placeOf, sourceOf } from './paths.ts';

const folders = [
  { sourceId: 'a', path: '/imagine/1234567-lakeview/literacy' },
  { sourceId: 'b', path: '/imagine/1234567-lakeview/math' },
  { sourceId: 'c', path: '/imagine/7654321-hill county/literacy plus' },
];
const part = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '',
    'imagine',
    '1234567-lakeview',
    'literacy',
    'math',
    'reports',
    'a.zip',
    '…',
    '\u0301',
    '\\',
    '%2e%2e',
    '~',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const path = fc.array(part, { maxLength: 12 }).map((parts) => parts.join('/'));

describe('paths', () => {
  test('any text becomes an absolute path without dots, or none', () => {
    fc.assert(
      fc.property(fc.oneof(path, fc.string({ unit: 'binary' })), (text) => {
        const found = absolute(text);
        if (text.includes('\0')) return assert.equal(found, undefined);
        assert.ok(found);
        assert.ok(found.startsWith('/'));
        const parts = found.slice(1).split('/');
        if (found !== '/') assert.ok(parts.every((one) => one !== '' && one !== '.' && one !== '..'));
        assert.equal(absolute(found), found, 'twice is once');
      }),
      { numRuns: 2000 },
    );
  });

  test('it is what the node library makes of the same path', () => {
    fc.assert(
      fc.property(path, (text) => {
        fc.pre(!text.includes('\0'));
        const expected = posix.resolve('/', text.normalize('NFC'));
        assert.equal(absolute(text), expected);
      }),
      { numRuns: 2000 },
    );
  });

  test('what is no text, or too long, is no path', () => {
    for (const wrong of [undefined, null, 7, Buffer.from('/'), 'x'.repeat(4097), 'a\0b'])
      assert.equal(absolute(wrong), undefined);
  });

  test('a place with a folder is below that very folder, and everything else has none', () => {
    fc.assert(
      fc.property(path, (text) => {
        const found = absolute(text);
        if (found === undefined) return;
        const place = placeOf(found, folders);
        if ('folder' in place) assert.ok(found === place.folder.path || found.startsWith(`${place.folder.path}/`));
        if (place.kind === 'file' || place.kind === 'report') assert.ok(!place.name.includes('/'));
        const own = folders.some((folder) => found === folder.path || found.startsWith(`${folder.path}/`));
        const above = folders.some((folder) => `${folder.path}/`.startsWith(found === '/' ? '/' : `${found}/`));
        assert.equal(place.kind === 'outside', !own && !above);
      }),
      { numRuns: 3000 },
    );
  });

  test('places of the tree', () => {
    const kind = (text: string) => placeOf(absolute(text)!, folders).kind;
    assert.equal(kind('/'), 'above');
    assert.equal(kind('/imagine/1234567-lakeview'), 'above');
    assert.equal(kind('/imagine/1234567'), 'outside');
    assert.equal(kind('/imagine/1234567-lakeview/lit'), 'outside');
    assert.equal(kind('/imagine/1234567-lakeview/literacy'), 'folder');
    assert.equal(kind('/imagine/1234567-lakeview/literacy/../math/x'), 'file');
    assert.equal(kind('/imagine/1234567-lakeview/literacy/reports'), 'reports');
    assert.equal(kind('/imagine/1234567-lakeview/literacy/reports/x.txt'), 'report');
    assert.equal(kind('/imagine/1234567-lakeview/literacy/reports/x/y'), 'nothing');
    assert.equal(kind('/imagine/1234567-lakeview/literacy/x/y'), 'nothing');
    assert.equal(kind('/imagine/1234567-lakeview/literacy/test'), 'folder');
    assert.equal(kind('/imagine/1234567-lakeview/literacy/test/x.zip'), 'file');
    assert.equal(kind('/imagine/1234567-lakeview/literacy/test/reports'), 'file');
    assert.equal(kind('/imagine/1234567-lakeview/literacy/test/test/x'), 'nothing');
    assert.equal(kind('/imagine/1234567-lakeview/literacy/tests'), 'file');
    const test = placeOf('/imagine/1234567-lakeview/literacy/test', folders);
    assert.ok(test.kind === 'folder' && test.folder.isTest);
    assert.deepEqual(sourceOf(test.folder.sourceId), { sourceId: folders[0]!.sourceId, isTest: true });
    assert.deepEqual(sourceOf(folders[0]!.sourceId), { sourceId: folders[0]!.sourceId, isTest: false });
    assert.deepEqual(placeOf('/', []), { kind: 'above', names: [] });
    assert.equal(placeOf('/imagine', []).kind, 'outside');
  });
});

describe('names', () => {
  test('say what a file is', () => {
    const kinds = {
      temporary: [
        '.x.zip',
        'x.zip.filepart',
        'x.zip.TMP',
        'x.csv.part',
        'x.zip.1a2b3c4d.partial',
        '.in.x.zip',
        'x.zip~',
      ],
      delivery: ['OneRoster.zip', 'ONEROSTER.ZIP', 'a b.zip', 'Students.xlsx'],
      set: ['users.csv', 'USERS.CSV', 'users.txt'],
      other: ['users', 'users.dat', 'users.zip.old', 'zip', 'users.csv.gz'],
    };
    for (const [kind, names] of Object.entries(kinds))
      for (const name of names) assert.equal(nameKind(name), kind, name);
  });

  test('that cannot stand in a listing are not usable', () => {
    for (const name of ['', '.', '..', 'a/b', 'a\nb', 'a\rb', 'a\0b', '\u001b[31m', '\u009b1m', 'é'.repeat(128)])
      assert.ok(!isUsable(name), JSON.stringify(name));
    for (const name of ['a\u202epiz.exe', '\u2066a.zip', 'a\u200f.zip', 'a\u2028b.zip', '\ufeffa.zip', 'a\ufffd.zip'])
      assert.ok(!isUsable(name), JSON.stringify(name));
    for (const name of ['a', ' ', 'a b', '…', '東京.zip', 'é'.repeat(127), '-rf', '~']) assert.ok(isUsable(name), name);
  });
});
