/** When a server asks for a pause, whoever asks it next waits: by Retry-After, or by the limits that it tells. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { pullSettingsOf } from '../core/pull-settings.ts';
import { networksOf, publicDialer } from '../dial.ts';
import { openClient } from './client.ts';

const now = new Date('2026-03-02T08:00:00Z');
const inSeconds = (seconds: number) => String(now.getTime() / 1000 + seconds);

/** The pauses that one request leads to, in seconds; no server may be waited for here. */
async function pausesAfter(status: number, headers: Record<string, string>): Promise<number[]> {
  const server = createServer((_, response) => response.writeHead(status, headers).end('{"orgs":[]}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dialer = publicDialer({
    allowed: networksOf('127.0.0.0/8', 'TEST'),
    connectTimeoutMs: 2000,
    responseLimitBytes: 2 ** 20,
  });
  const pauses: number[] = [];
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = openClient({
    connection: { address, tokenUrl: null, clientId: '', preset: null, settings: {} },
    settings: pullSettingsOf({ auth: 'bearer' }),
    secret: 't',
    bounds: { dialer, limitBytes: 1000, silenceMs: 2000, totalMs: 4000 },
    lane: {
      enter: async () => () => {},
      pauseUntil: (at) => void pauses.push((at - now.getTime()) / 1000),
    },
    version: '1.1',
    now: () => now,
  });
  try {
    await client.get(client.urlOf('orgs'), new AbortController().signal, 1).catch(() => {});
    return pauses;
  } finally {
    await dialer.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

const asked: [string, number, Record<string, string>, number[]][] = [
  ['seconds', 429, { 'retry-after': '7' }, [7]],
  ['a date', 503, { 'retry-after': new Date(now.getTime() + 30_000).toUTCString() }, [30]],
  ['at most a quarter of an hour', 429, { 'retry-after': '86400' }, [900]],
  ['nonsense', 429, { 'retry-after': 'soon' }, []],
  ['not after other failures', 404, { 'retry-after': '7' }, []],
  ['a limit that is used up, in seconds', 200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '12' }, [12]],
  ['by the clock', 200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(40) }, [40]],
  ['by the clock, in milliseconds', 200, { 'ratelimit-remaining': '0', 'ratelimit-reset': `${inSeconds(5)}000` }, [5]],
  ['one that is over', 200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(-40) }, [0]],
  ['there is more', 200, { 'x-ratelimit-remaining': '10', 'x-ratelimit-reset': '12' }, []],
  ['it does not say how much', 200, { 'x-ratelimit-reset': '12' }, []],
  ['beside a status', 429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3' }, [3]],
];

for (const [name, status, headers, expected] of asked)
  test(`a pause, ${name}`, async () => assert.deepEqual(await pausesAfter(status, headers), expected));
