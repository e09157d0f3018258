/** The kernel beside the check: it may call less plain than the check would, and never more. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { kernelModuleText } from '../kernel/build.ts';
import {
  type AheadRows,
  FILE_AHEAD_FROM_BYTES,
  IS_ADDED,
  MARKS_AT,
  OWN_AT,
  PIECE_AT,
} from '../src/core/ahead/block.ts';
import { Kernel } from '../src/core/ahead/kernel.ts';
import { tellKernel } from '../src/core/ahead/kernel-tables.ts';
import { AheadReader } from '../src/core/ahead/reader.ts';
import { Replay } from '../src/core/ahead/replay.ts';
import { newRoom } from '../src/core/ahead/room.ts';
import { memoryBundle } from '../src/core/bundle.ts';
import { encode } from '../src/core/bytes.ts';
import { CellCheck } from '../src/core/cells.ts';
import { check } from '../src/core/check.ts';
import { hashRow } from '../src/core/hash.ts';
import { IdSet, idHash, NOT_ADDED } from '../src/core/id-set.ts';
import { Row } from '../src/core/record.ts';
import { type Field, fieldNames, type Kind, kinds, tableOf, type Version } from '../src/core/tables.ts';
import { hashText } from '../src/core/text-hash.ts';
import { generate } from '../src/sample/generate.ts';
import { type Random, randomFrom } from './differential/faults.ts';
import { localAhead } from './fuzz/local-ahead.ts';

test('the code that is carried is what the kernel is compiled to', async () => {
  const carried = await readFile(new URL('../src/core/ahead/kernel-code.ts', import.meta.url), 'utf8');
  assert.equal(carried, await kernelModuleText(), 'run `npm run kernel`, and commit what it writes');
});

const kernel = new Kernel(newRoom());
const one = <T>(all: readonly T[], random: Random): T => all[random(all.length)] as T;

/** What is right, by type; a blank is added where the field may be blank. */
const right: Partial<Record<Field['type'], readonly string[]>> = {
  guid: ['r-1', 'R.2_x', '9@b/c'],
  ref: ['r-1', 'r-2', 'nobody'],
  refs: ['r-1', 'r-1,r-2'],
  id: ['A1', '42', 'x y'],
  string: ['Ada', 'Zoë', 'Nina', 'none', 'О’Нил', '山田', 'a-b', '5b', 'x'.repeat(255)],
  strings: ['a', 'a,b c,d'],
  date: ['2024-02-29', '1999-12-31'],
  year: ['2026'],
  integer: ['0', '-12', '300'],
  float: ['1', '-2.50', '99.9'],
  userIds: ['{LDAP:a}', '{LDAP:a},{x:y z}', '{LDAP:a}, {x:y}'],
};
/** What may be wrong, or look so. */
const odd = [
  ' a',
  'a ',
  'NULL',
  'null',
  'None',
  'N/A',
  'n',
  '=1+1',
  '@x',
  '+1',
  '-',
  '-x',
  '#REF!',
  '1E+05',
  '1.5E3',
  '4.2',
  'Ã©',
  'â€™',
  'a\u00a0b',
  'a\u200bb',
  'a\tb',
  '\u007f',
  'x\ufeff',
  'Â',
  '“q”',
  'x'.repeat(256),
  'é'.repeat(200),
  'a,,b',
  'a, b',
  'a;b',
  'a|b',
  'a,a',
  'TRUE',
  'yes',
  'Student',
  'ext:x',
  '2023-02-29',
  '2023-2-9',
  '20230209',
  '2023-13-01',
  '9',
  '09,9',
  '09,10',
  '12%',
  '{a}',
  '{a:b',
  '{a:b},',
  'a@b',
  'a@b.c',
  '@b.c',
  'a@@b.c',
  '1.',
  '--1',
  'I’d',
  '',
];

function rightValue({ type, values, required }: Field, name: string, version: Version, random: Random): string {
  const good = values ? [...values[version]] : name === 'email' ? ['a@b.example'] : (right[type] ?? ['']);
  return one(required.includes(version) ? good : [...good, '', ''], random);
}

type Made = { cells: string[]; isRight: boolean };

function makeRecord(kind: Kind, version: Version, names: readonly string[], random: Random): Made {
  const cells = names.map((name) => {
    if (name === 'status' || name === 'dateLastModified') return '';
    return rightValue(tableOf(kind).fields[name] as Field, name, version, random);
  });
  const [subjects, codes] = [names.indexOf('subjects'), names.indexOf('subjectCodes')];
  if (subjects >= 0 && codes >= 0) cells[codes] = cells[subjects] as string;
  // Of a type that the kernel does not know, nothing is known to be right but a blank, where that is allowed.
  const isLacking = names.some(
    (name, at) => cells[at] === '' && tableOf(kind).fields[name]?.required.includes(version),
  );
  const isRight = !isLacking && random(3) > 0;
  if (!isRight) for (let times = 1 + random(2); times > 0; times--) cells[random(cells.length)] = one(odd, random);
  return { cells, isRight };
}

/** Quoted where it has to be, and now and then where not. */
const written = (cell: string, random: Random): string => (cell.includes(',') || random(9) === 0 ? `"${cell}"` : cell);

test('what the kernel calls plain is right for the check, and what is usual is plain', () => {
  const random = randomFrom(7);
  const counts = { right: 0, plain: 0, odd: 0 };
  for (const kind of kinds) {
    for (const version of tableOf(kind).versions) {
      const names = fieldNames(kind).filter((name) => tableOf(kind).fields[name]?.versions.includes(version));
      // Columns may stand in any order, and be absent; some are not read.
      const shown = names.filter((_, at) => at === 0 || random(8) > 0).sort(() => random(3) - 1);
      const fields = Int32Array.from([...shown.map((name) => fieldNames(kind).indexOf(name)), -1]);
      const records = Array.from({ length: 300 }, () => makeRecord(kind, version, shown, random));
      const lineEnd = one(['\n', '\r\n'], random);
      const lines = records.map(
        ({ cells }) => [...cells, 'x'].map((cell) => written(cell, random)).join(',') + lineEnd,
      );
      compare({ kind, version, fields, records, text: lines.join('') }, counts);
    }
  }
  assert.ok(counts.right > 4000 && counts.odd > 2000, JSON.stringify(counts));
  assert.ok(counts.plain > counts.right, 'of what is odd some is plain, too');
});

type Given = { kind: Kind; version: Version; fields: Int32Array; records: Made[]; text: string };

function compare(
  { kind, version, fields, records, text }: Given,
  counts: { right: number; plain: number; odd: number },
): void {
  kernel.room.heap.clear();
  const all = fieldNames(kind);
  const present = all.map((_, field) => fields.includes(field));
  const known = new IdSet(3, kernel.room.heap);
  for (const id of ['r-0', 'r-1', 'r-2']) known.add(encode(id), 0, id.length, 1);
  const refers = all.flatMap((name, field) => (tableOf(kind).fields[name]?.type === 'ref' ? [field] : []));
  const texts = all
    .flatMap((name, field) => (tableOf(kind).fields[name]?.type === 'string' ? [field] : []))
    .slice(0, 3);
  const ids = known.view();
  assert.ok(ids);
  const rows: AheadRows = {
    kind,
    version,
    fields,
    present,
    hashes: true,
    seed: 3,
    ids: undefined,
    references: refers.map((field) => ({ field, ids })),
    texts,
  };
  const { bytes, index } = kernel.room.blocks[0] as (typeof kernel.room.blocks)[number];
  const source = encode(text);
  bytes.set(source, PIECE_AT);
  const begun = {
    carry: new Uint8Array(0),
    line: 2,
    width: fields.length,
    isTold: tellKernel(kernel.room, rows, false),
  };
  const found = new AheadReader(kernel, begun).read(bytes, index, source.length, true);
  const usual = records.findIndex(({ cells }) => cells.every((cell) => cell === ''));
  assert.equal(found.rows, usual < 0 ? records.length : usual, `${kind} ${version}`);
  const replay = new Replay(rows, false);
  replay.line = 2;
  const row = new Row(kind);
  row.buffer = bytes;
  const judge = new Heard();
  const cells = new CellCheck(kind, version, judge);
  cells.columns(present);
  for (let at = 0; at < found.rows; at++) {
    const record = records[at] as Made;
    replay.put(row, index, at * replay.layout.words);
    const said = `${kind} ${version}: ${record.cells.join('|')}`;
    fields.forEach((field, cell) => {
      if (field >= 0) assert.equal(row.text(field), record.cells[cell], said);
    });
    assert.equal(row.line, at + 2);
    assert.equal(row.entry, NOT_ADDED);
    counts[record.isRight ? 'right' : 'odd']++;
    if (record.isRight) assert.ok(row.plain, said);
    if (!row.plain) continue;
    counts.plain++;
    isAsToldFor(row, { known, refers, texts, said });
    judge.heard = '';
    const isFaulty = cells.checkId(row) || cells.check(row) || cells.repaired;
    assert.equal(judge.heard, '', said);
    assert.equal(isFaulty, false, said);
  }
}

/** All hashes, and what references point to, made a second time. */
function isAsToldFor(
  row: Row,
  { known, refers, texts, said }: { known: IdSet; refers: number[]; texts: number[]; said: string },
): void {
  const { buffer, start, end } = row;
  const place = (field: number) => [start[field] as number, end[field] as number] as const;
  assert.equal(row.idHash, idHash(buffer, ...place(0), 3), said);
  for (const field of refers)
    assert.equal(row.targets[field], start[field] === end[field] ? 0 : known.find(buffer, ...place(field)) + 1, said);
  for (const field of texts) {
    const halves = new Int32Array(2);
    hashText(buffer, ...place(field), 3, halves, 0);
    assert.deepEqual([row.texts[field * 2], row.texts[field * 2 + 1]], [...halves], said);
  }
  assert.ok(row.isHashed);
  const told = [row.hashHigh, row.hashLow];
  row.isHashed = false;
  const halves = new Int32Array(2);
  hashRow(row, halves);
  assert.deepEqual(told, [...halves], said);
}

class Heard {
  heard = '';
  add(rule: string): void {
    this.heard ||= rule;
  }
  costs = () => true;
  repairs = () => true;
}

test('ids are added as the check would add them, through growth, until one needs a second look', () => {
  const random = randomFrom(11);
  for (const length of [3, 12, 40]) {
    kernel.room.heap.clear();
    const own = new IdSet(5, kernel.room.heap);
    const other = new IdSet(5);
    const texts = Array.from({ length: 9000 }, (_, at) =>
      at > 50 && random(20) === 0 ? '' : `${random(1 << 20).toString(36)}-`.padEnd(1 + random(length), 'x'),
    ).map((text, at, all) => (text === '' ? (all[random(at)] as string) || 'a' : text));
    texts[8500] = 'Case';
    texts[8600] = 'case';
    for (const set of [own, other]) set.add(encode('before'), 0, 6, 1);
    const view = own.view();
    const rows: AheadRows = {
      kind: 'users',
      version: '1.1',
      fields: Int32Array.of(0),
      present: fieldNames('users').map((_, field) => field === 0),
      hashes: false,
      seed: 5,
      ids: view,
      references: [],
      texts: [],
    };
    const begun = { carry: new Uint8Array(0), line: 2, width: 1, isTold: tellKernel(kernel.room, rows, false) };
    const reader = new AheadReader(kernel, begun);
    const { bytes, index } = kernel.room.blocks[0] as (typeof kernel.room.blocks)[number];
    const { words } = new Replay(rows, false).layout;
    for (let from = 0; from < texts.length; from += 500) {
      const some = texts.slice(from, from + 500);
      const source = encode(some.map((text) => `${text}\n`).join(''));
      bytes.set(source, PIECE_AT);
      const found = reader.read(bytes, index, source.length, false);
      assert.equal(found.rows, some.length);
      if (found.ids) own.adopt(found.ids);
      some.forEach((text, at) => {
        const expected = other.add(encode(text), 0, text.length, from + at);
        const isAdded = ((index[at * words + MARKS_AT] as number) & IS_ADDED) !== 0;
        // From the one that differs by case alone, the check goes on by itself.
        assert.equal(isAdded, from + at < 8600);
        if (!isAdded) assert.equal(own.add(encode(text), 0, text.length, from + at), expected);
        else {
          assert.equal(index[at * words + OWN_AT], expected);
          if (expected >= 0) own.enter(expected, from + at, 0);
        }
      });
    }
    assert.equal(own.size, other.size);
    for (const text of texts)
      assert.equal(own.find(encode(text), 0, text.length), other.find(encode(text), 0, text.length));
    for (let index = 0; index < own.size; index++) {
      assert.deepEqual([...own.bytesOf(index)], [...other.bytesOf(index)]);
      assert.equal(own.lines[index], other.lines[index]);
    }
  }
});

test('where the memory of the kernel ends, the check goes on by itself', async () => {
  const files: Record<string, string> = {};
  for (const { name, text } of generate({ students: 6000, seed: 3 }).files) files[name] = [...text()].join('');
  const bundle = memoryBundle(files);
  const entries = bundle.entries.map((entry) => ({ ...entry, sizeBytes: FILE_AHEAD_FROM_BYTES }));
  const told = async (pages: number[]) => {
    const found: unknown[] = [];
    const ahead = localAhead(randomFrom(1), { pieceBytes: 60_000, kernel: new Kernel(newRoom(pages)) });
    const result = await check(
      { ...bundle, entries },
      { profile: 'default', report: (one) => void found.push(one), ahead },
    );
    return { result, found, freePages: ahead.heap.memory.buffer.byteLength / (1 << 16) };
  };
  const much = await told([1 << 12]);
  const little = await told([much.freePages - 3]);
  const least = await told([]);
  assert.ok(little.freePages < much.freePages && least.freePages < little.freePages);
  assert.deepEqual([little.result, little.found], [much.result, much.found]);
  assert.deepEqual([least.result, least.found], [much.result, much.found]);
});
