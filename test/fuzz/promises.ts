/** What must hold for any bytes at all; each promise that is broken is an error. */

import assert from 'node:assert/strict';
import { type Ahead, FILE_AHEAD_FROM_BYTES } from '../../src/core/ahead/block.ts';
import { check } from '../../src/core/check.ts';
import { contentHash } from '../../src/core/hash.ts';
import type { Bundle, CheckResult, Finding, Row, Sink } from '../../src/core/record.ts';
import { rules } from '../../src/core/rules/index.ts';
import type { Profile } from '../../src/core/rules/rule.ts';
import { show } from '../../src/core/show.ts';
import { fieldNames, type Kind, tableOf, targetOf } from '../../src/core/tables.ts';
import { type Random, randomFrom } from '../differential/faults.ts';
import { type InputKind, openInput } from './input.ts';
import { localAhead } from './local-ahead.ts';

const now = new Date('2025-10-01T12:00:00Z');

/** Checks an input in several ways. Returns the rules that were met, which tell inputs apart. @throws when a promise is broken. */
export async function holdsFor(kind: InputKind, bytes: Uint8Array): Promise<string[]> {
  const random = randomFrom(bytes.length * 31 + (bytes[bytes.length >> 1] ?? 0));
  const whole = await seen(await openInput(kind, bytes), 'default');
  await isCutAnywhere(await openInput(kind, bytes), whole, random);
  const long = stretched(await openInput(kind, bytes));
  const longWhole = await seen(long, 'default');
  await isCutAnywhere(long, longWhole, random);
  await isReadAhead(long, longWhole, random);
  const strict = await seen(await openInput(kind, bytes), 'strict');
  const lenient = await seen(await openInput(kind, bytes), 'lenient');
  for (const one of [whole, strict, lenient]) {
    countsAddUp(one);
    referencesResolve(one);
  }
  await linesLieWithin(await openInput(kind, bytes), whole.found);
  findsAtLeast(strict.found, whole.found);
  return [...new Set(whole.found.map(({ rule }) => rule))].sort();
}

async function isCutAnywhere(bundle: Bundle, whole: Seen, random: Random): Promise<void> {
  const cut = await seen(inPieces(bundle, random), 'default');
  same(cut.found, whole.found, 'cutting the bytes changes the findings');
  same(cut.result, whole.result, 'cutting the bytes changes the counts');
  same(cut.records.all, whole.records.all, 'cutting the bytes changes the records');
}

/** A second thread that reads ahead changes nothing, however its pieces are cut. */
async function isReadAhead(bundle: Bundle, whole: Seen, random: Random): Promise<void> {
  const ahead = localAhead(random, {
    pieceBytes: [60, 700, 3000][random(3)] as number,
    indexWords: [400, 1 << 16][random(2)] as number,
  });
  const entries = inPieces(bundle, random).entries.map((entry) => ({ ...entry, sizeBytes: FILE_AHEAD_FROM_BYTES }));
  const read = await seen({ ...bundle, entries }, 'default', ahead);
  same(read.found, whole.found, 'reading ahead changes the findings');
  same(read.result, whole.result, 'reading ahead changes the counts');
  same(read.records.all, whole.records.all, 'reading ahead changes the records');
}

/** The same lines again and again: small pieces are only looked at together, so that a small file is never cut. */
function stretched(bundle: Bundle): Bundle {
  const entries = bundle.entries.map((entry) => ({
    ...entry,
    async *bytes() {
      const pieces: Uint8Array[] = [];
      for await (const piece of entry.bytes()) pieces.push(Uint8Array.from(piece));
      const text = Buffer.concat(pieces);
      yield text;
      const body = text.subarray(text.indexOf(10) + 1);
      if (body.length > 0) for (let size = text.length; size < 14_000; size += body.length) yield body;
    },
  }));
  return { ...bundle, entries };
}

/** Compares as text, which is fast; only what differs is compared in full. */
function same(one: unknown, other: unknown, message: string): void {
  const text = (value: unknown) => JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part));
  if (text(one) !== text(other)) assert.deepEqual(one, other, message);
}

type Seen = { found: Finding[]; result: CheckResult; records: Records };

async function seen(bundle: Bundle, profile: Profile, ahead?: Ahead): Promise<Seen> {
  const found: Finding[] = [];
  const records = new Records();
  const result = await check(bundle, {
    profile,
    now,
    sink: records,
    report: (one) => found.push(one),
    ...(ahead ? { ahead } : {}),
  });
  return { found, result, records };
}

/** What a sink is given: texts by field, by kind and id. */
class Records implements Sink {
  all: [Kind, string[], bigint][] = [];
  taken = new Map<Kind, Map<string, string[]>>();
  modes = new Map<Kind, string>();
  done = new Set<Kind>();
  table(kind: Kind, mode: 'bulk' | 'delta') {
    assert.ok(!this.modes.has(kind), 'a kind comes twice');
    this.modes.set(kind, mode);
    this.taken.set(kind, new Map());
  }
  row(row: Row) {
    const cells = fieldNames(row.kind).map((_, field) => row.text(field));
    this.all.push([row.kind, cells, contentHash(row)]);
    const taken = this.taken.get(row.kind);
    assert.ok(taken && !this.done.has(row.kind), 'a record outside its table');
    assert.ok(cells[0] && !taken.has(cells[0]), 'an id is blank or comes twice');
    taken.set(cells[0], cells);
  }
  leftOut(kind: Kind, sourcedId: string) {
    this.taken.get(kind)?.delete(sourcedId);
  }
  drain() {}
  tableDone(kind: Kind) {
    this.done.add(kind);
  }
}

/** The same bundle, its bytes in pieces of random sizes; each piece is spoilt after use, as a reused buffer is. */
function inPieces(bundle: Bundle, random: Random): Bundle {
  const most = [3, 40, 700, 5000][random(4)] as number;
  const entries = bundle.entries.map((entry) => ({
    ...entry,
    async *bytes() {
      for await (const piece of entry.bytes()) {
        for (let at = 0; at < piece.length; ) {
          const size = piece.length > 20_000 || most === 5000 ? 4096 + random(900) : 1 + random(most);
          const part = Uint8Array.from(piece.subarray(at, at + size));
          // A Buffer's slice is no copy: whoever keeps one sees it spoilt.
          yield random(2) === 0 ? part : Buffer.from(part.buffer);
          part.fill(0x22);
          at += size;
        }
      }
    },
  }));
  return { ...bundle, entries };
}

function countsAddUp({ result, records, found }: Seen): void {
  for (const { kind, rows, leftOut, unidentified } of result.tables) {
    const handed = records.all.filter(([of]) => of === kind).length;
    assert.equal(handed + leftOut, rows, `${kind}: ${handed} taken and ${leftOut} left out of ${rows} rows`);
    assert.ok(unidentified <= leftOut + 1, `${kind}: ${unidentified} unidentified of ${leftOut} left out`);
  }
  const counts = { fatal: 0, error: 0, warning: 0, info: 0 };
  for (const { severity } of found) counts[severity]++;
  assert.deepEqual(result.counts, counts, 'the counts are not those of the findings');
}

function referencesResolve({ records, result }: Seen): void {
  const version = result.version === '1.2' ? '1.2' : '1.1';
  for (const [kind, taken] of records.taken) {
    fieldNames(kind).forEach((name, at) => {
      const field = tableOf(kind).fields[name];
      const to = field?.versions.includes(version) ? targetOf(field) : undefined;
      if (!field || !to || records.modes.get(kind) === 'delta' || records.modes.get(to) === 'delta') return;
      for (const cells of taken.values()) {
        const text = cells[at] ?? '';
        for (const item of text === '' ? [] : field.type === 'refs' ? text.split(',') : [text])
          assert.ok(records.taken.get(to)?.has(item.trim()), `${kind} ${name} "${item}" is not a record that is taken`);
      }
    });
  }
}

async function linesLieWithin(bundle: Bundle, found: Finding[]): Promise<void> {
  const lines = new Map<string, number>();
  for (const entry of bundle.entries) {
    let breaks = 0;
    try {
      for await (const piece of entry.bytes()) for (const byte of piece) if (byte === 10 || byte === 13) breaks++;
    } catch {
      breaks = Number.POSITIVE_INFINITY;
    }
    // Of a long name, a finding says the beginning.
    for (const name of [entry.name, show(entry.name)]) lines.set(name.toLowerCase(), breaks + 1);
  }
  for (const { file, line, rule } of found) {
    if (line === undefined) continue;
    assert.ok(file !== undefined && Number.isInteger(line) && line >= 1, `${rule}: line ${line} of ${file}`);
    const last = lines.get(file.toLowerCase()) ?? lines.get(file.toLowerCase().replace('resources', 'resourses'));
    assert.ok(last !== undefined && line <= last, `${rule}: line ${line} of ${file}, which has ${last}`);
  }
}

/** What stands on rows that are left out is judged no further: only rules that look at one row or file are compared. */
const alone = new Set(['package', 'manifest', 'csv', 'header', 'cells']);

function findsAtLeast(more: Finding[], less: Finding[]): void {
  const place = ({ rule, file, line, column }: Finding) => [rule, file, line, column].join(' ');
  const have = new Map<string, number>();
  for (const one of more) have.set(place(one), (have.get(place(one)) ?? 0) + 1);
  for (const one of less) {
    if (!alone.has(rules.get(one.rule)?.group ?? '')) continue;
    const left = have.get(place(one)) ?? 0;
    assert.ok(left > 0, `strict does not find ${place(one)}`);
    have.set(place(one), left - 1);
  }
}
