/** Every kind of trouble becomes one answer: its status, its code, its sentence, and nothing of what is ours alone. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import pino from 'pino';
import { z } from 'zod';
import { Refusal } from '../core/refusal.ts';
import { answerError } from './errors.ts';

function appThat(throws: () => never) {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const app = new Hono();
  app.get('/', throws);
  app.onError((error, c) => answerError(error, c, log));
  return { app, lines };
}

test('a refusal is answered in its own words', async () => {
  const { app, lines } = appThat(() => {
    throw new Refusal('source-paused', 409, 'This source is paused until Monday.');
  });
  const answer = await app.request('/');
  assert.equal(answer.status, 409);
  assert.deepEqual(await answer.json(), {
    error: { code: 'source-paused', message: 'This source is paused until Monday.' },
  });
  assert.deepEqual(lines, []);
});

test('a request that does not fit names the field', async () => {
  const { app } = appThat(() => {
    z.object({ email: z.string() }).parse({ email: 1 });
    throw new Error('unreachable');
  });
  const answer = await app.request('/');
  assert.equal(answer.status, 400);
  const { error } = (await answer.json()) as { error: { code: string; message: string } };
  assert.equal(error.code, 'bad-request');
  assert.match(error.message, /"email"/);
});

test('a fault tells neither the person nor the log what stood in the row', async () => {
  const { app, lines } = appThat(() => {
    throw Object.assign(new Error('Key (email)=(mia.stone@school.example) already exists'), { code: '23505' });
  });
  const answer = await app.request('/');
  const text = await answer.text();
  assert.equal(answer.status, 500);
  assert.doesNotMatch(text, /mia\.stone|Key|\bat /);
  assert.equal(lines.length, 1);
  assert.doesNotMatch(lines[0] as string, /mia\.stone/);
  const line = JSON.parse(lines[0] as string) as { fault: string; code: string; frames: string[] };
  assert.equal(line.code, '23505');
  assert.ok(text.includes(line.fault), 'the person is told the number that stands in the log');
  assert.ok(line.frames.length > 0);
});
