import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { Traffic } from './traffic.ts';

const MiB = 1024 * 1024;

function socket() {
  const acts: string[] = [];
  const fake = Object.assign(new EventEmitter(), {
    writableLength: 0,
    pause: () => acts.push('pause'),
    resume: () => acts.push('resume'),
    cork: () => acts.push('cork'),
    uncork: () => acts.push('uncork'),
  });
  return { fake, acts, traffic: new Traffic(fake as unknown as Socket) };
}

test('reading stops when more is held than the disk has taken, and goes on when most of it is', () => {
  const { acts, traffic } = socket();
  for (let i = 0; i < 8; i++) traffic.add(MiB);
  assert.deepEqual(acts, []);
  traffic.add(1);
  assert.deepEqual(acts, ['pause']);
  traffic.add(MiB);
  for (let i = 0; i < 7; i++) traffic.done(MiB);
  assert.deepEqual(acts, ['pause']);
  traffic.done(MiB);
  assert.deepEqual(acts, ['pause', 'resume']);
});

test('reading stops when the client does not take the answers, and goes on when they are through', () => {
  const { fake, acts, traffic } = socket();
  fake.writableLength = 9 * MiB;
  traffic.add(1);
  traffic.done(1);
  assert.deepEqual(acts, ['pause']);
  fake.writableLength = 0;
  fake.emit('drain');
  assert.deepEqual(acts, ['pause', 'resume']);
});

test('the pieces of an answer leave together, and a broken one holds nothing back', () => {
  const { acts, traffic } = socket();
  traffic.together(() => acts.push('write'));
  assert.throws(() =>
    traffic.together(() => {
      throw new Error('gone');
    }),
  );
  assert.deepEqual(acts, ['cork', 'write', 'uncork', 'cork', 'uncork']);
});
