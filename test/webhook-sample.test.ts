/** The sample of the guide that verifies webhooks does verify them, and refuses what it has to refuse. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { newSecret, signedHeaders } from '../src/alert/signature.ts';

const guide = readFileSync(new URL('../docs/guide/alerts.md', import.meta.url), 'utf8');
const sample = /```js\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
const { isFromHomeroom } = (await import(`data:text/javascript,${encodeURIComponent(sample)}`)) as {
  isFromHomeroom(secret: string, headers: Record<string, string>, body: string, now?: number): boolean;
};

test('the sample takes what was signed, and nothing else', () => {
  const [secret, at, body] = [newSecret(), new Date('2026-03-02T10:00:00Z'), '{"event":"sync.held","é":1}'];
  const headers = signedHeaders(secret, 'event-1', at, body);
  const now = at.getTime() + 60_000;
  assert.equal(isFromHomeroom(secret, headers, body, now), true);
  const rotated = { ...headers, 'webhook-signature': `v1,AAAA ${headers['webhook-signature']}` };
  assert.equal(isFromHomeroom(secret, rotated, body, now), true);
  assert.equal(isFromHomeroom(newSecret(), headers, body, now), false);
  assert.equal(isFromHomeroom(secret, headers, `${body} `, now), false);
  assert.equal(isFromHomeroom(secret, { ...headers, 'webhook-id': 'event-2' }, body, now), false);
  assert.equal(isFromHomeroom(secret, headers, body, at.getTime() + 301_000), false);
  for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature'])
    assert.equal(isFromHomeroom(secret, { ...headers, [name]: '' }, body, now), false, name);
});
