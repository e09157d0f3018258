import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { memoryBundle } from '../core/bundle.ts';
import { check } from '../core/check.ts';
import { contentHash } from '../core/hash.ts';
import type { Bundle, Sink } from '../core/record.ts';
import { fieldNames } from '../core/tables.ts';
import { generate } from '../sample/generate.ts';
import { openAhead } from './ahead.ts';

test('a check with a second thread says and takes what a check without it does', async () => {
  const ahead = openAhead();
  try {
    while (!ahead.isUp) await pause(5);
    const alone = await seen(spoilt(7));
    const helped = await seen(spoilt(7), ahead);
    assert.ok(alone.found.length > 100 && alone.records.length > 30_000);
    assert.deepEqual(helped.result, alone.result);
    assert.deepEqual(helped.found, alone.found);
    assert.deepEqual(helped.records, alone.records);
    // The same thread serves the next check, and one file after the other.
    assert.deepEqual(await seen(spoilt(8), ahead), await seen(spoilt(8)));
  } finally {
    await ahead.close();
  }
});

test('a thread that dies is a fault of the check, not a check that never ends', async () => {
  const ahead = openAhead();
  while (!ahead.isUp) await pause(5);
  const bundle = spoilt(9);
  const entries = bundle.entries.map((entry) => ({
    ...entry,
    async *bytes() {
      let read = 0;
      for await (const piece of entry.bytes()) {
        for (let from = 0; from < piece.length; from += 100_000) {
          read += 100_000;
          if (entry.name === 'enrollments.csv' && read === 900_000) await ahead.close();
          yield piece.subarray(from, from + 100_000);
        }
      }
    },
  }));
  await assert.rejects(seen({ ...bundle, entries }, ahead), /second thread/);
});

/** What exports do to lines, each of them every so many lines. */
const damages: ((line: string) => string)[] = [
  (line) => `${line},`,
  (line) => line.replace(/student/, 'pupil'),
  (line) => line.replace(/[^,]*/, (id) => `"${id}"`),
  (line) => line.replace(/,([A-Z][a-z]+),/, ',"$1 ""Jo""",'),
  (line) => line.replace(/,([A-Z][a-z]+),/, ', $1 ,'),
  (line) => line.replace(/,([A-Z][a-z]+),/, ',Zoë,'),
  (line) => line.replace(/,/, ',"'),
  (line) => `${line}\n`,
  (line) => `${line}\r`,
];

function spoilt(seed: number): Bundle {
  const files: Record<string, string> = {};
  for (const { name, text } of generate({ students: 5000, seed }).files) {
    const lines = [...text()].join('').split('\n');
    for (let at = seed; name !== 'manifest.csv' && at < lines.length - 1; at += 211 + seed) {
      const damage = damages[at % damages.length] as (line: string) => string;
      lines[at] = damage(lines[at] as string);
    }
    files[name] = lines.join('\n');
  }
  return memoryBundle(files);
}

async function seen(bundle: Bundle, ahead?: ReturnType<typeof openAhead>) {
  const found: unknown[] = [];
  const records: unknown[] = [];
  const sink: Sink = {
    table() {},
    row: (row) =>
      void records.push([row.kind, row.line, fieldNames(row.kind).map((_, at) => row.text(at)), contentHash(row)]),
    leftOut: (...what) => void records.push(what),
    drain() {},
    tableDone() {},
  };
  const report = (one: unknown) => void found.push(one);
  const result = await check(bundle, { profile: 'default', sink, report, ...(ahead ? { ahead } : {}) });
  return { found, records, result };
}
