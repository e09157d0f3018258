import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ahead, AheadStream, AheadTable } from '../core/ahead/block.ts';
import { Kernel } from '../core/ahead/kernel.ts';
import { AheadReader } from '../core/ahead/reader.ts';
import { newRoom, type RoomBlock } from '../core/ahead/room.ts';
import { memoryBundle } from '../core/bundle.ts';
import { check } from '../core/check.ts';
import { contentHash } from '../core/hash.ts';
import type { Bundle, Sink } from '../core/record.ts';
import { fieldNames } from '../core/tables.ts';
import { generate } from '../sample/generate.ts';
import { openAhead, type ToThread } from './ahead.ts';
import { FileStream } from './file-stream.ts';

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

test('a thread that ends before it is up is missed by nobody', async () => {
  const ahead = openAhead();
  await ahead.close();
  assert.deepEqual(await seen(spoilt(9), ahead), await seen(spoilt(9)));
});

test('what is begun here is read on by the thread once it is up, from any block on', async () => {
  const alone = await seen(spoilt(10));
  for (const blocks of [0, 1, 2]) {
    const room = newRoom();
    let stream: FileStream | undefined;
    let reader: AheadReader | undefined;
    let handed = 0;
    const thread = new Kernel(room);
    // What the thread does with a message, in its own time.
    const post = (message: ToThread) => {
      if ('read' in message) reader = new AheadReader(thread, message.read);
      if (!('block' in message)) return;
      handed++;
      const { block, length, last } = message;
      setImmediate(() => {
        const { bytes, index } = room.blocks[block] as RoomBlock;
        stream?.arrived({ block, ...(reader as AheadReader).read(bytes, index, length, last) });
      });
    };
    const begin = (table: AheadTable): AheadStream => {
      const begun = new FileStream(room, table, post, new Kernel(room));
      stream = begun;
      const next = begun.next.bind(begun);
      let asked = 0;
      begun.next = () => {
        if (asked++ === blocks) begun.handOver();
        return next();
      };
      return begun;
    };
    const judge = () => assert.fail('No records are made here.');
    assert.deepEqual(await seen(spoilt(10), { heap: room.heap, isFree: true, begin, judge }), alone);
    assert.ok(handed > 0, 'some blocks have gone to the thread');
  }
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

async function seen(bundle: Bundle, ahead?: Ahead) {
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
