/** Which addresses are dialled: the public internet over TLS, and what a setting allows; whatever names say in between. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { SettingError } from './config.ts';
import { callableUrl, isPublicAddress, networksOf, publicDialer } from './dial.ts';

const networks = (text: string) => networksOf(text, 'HOMEROOM_WEBHOOK_NETWORKS');

test('addresses of the public internet, and those of special purpose', () => {
  for (const address of [
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '172.15.0.1',
    '172.32.0.1',
    '192.167.1.1',
    '100.63.0.1',
    '100.128.0.1',
    '2606:4700:4700::1111',
    '2a00:1450::1',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
  ])
    assert.ok(isPublicAddress(address), address);
  const special = [
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.255',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '5f00::1',
    'localhost',
    '',
    '1.1.1',
    '01.1.1.1',
  ];
  for (const address of special) assert.ok(!isPublicAddress(address), address);
});

test('networks of a setting are read, and nonsense is said', () => {
  assert.ok(networks('10.0.0.0/8, 127.0.0.1 fd00::/8').check('10.9.9.9', 'ipv4'));
  assert.ok(networks('127.0.0.1').check('127.0.0.1', 'ipv4'));
  assert.ok(!networks('127.0.0.1').check('127.0.0.2', 'ipv4'));
  for (const text of ['localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0/8', '::/129', '10.0.0.0/8/8x', '10.0.0.0/-1'])
    assert.throws(() => networks(text), SettingError, text);
});

type Resolve = (host: string) => Promise<{ address: string; family: number }[]>;

async function dial(url: string, allowed: string, resolve?: Resolve) {
  const dialer = publicDialer({ allowed: networks(allowed), connectTimeoutMs: 2000, ...(resolve ? { resolve } : {}) });
  try {
    const answer = await dialer.request(url, { method: 'POST', signal: AbortSignal.timeout(5000) });
    await answer.body.dump();
    return answer.statusCode;
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).name;
  } finally {
    await dialer.destroy();
  }
}

test('a server of one’s own network is reached only when the setting names it', async (t) => {
  let calls = 0;
  const server = createServer((_, response) => {
    calls++;
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;

  for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '127.1', '[::ffff:127.0.0.1]', '0.0.0.0'])
    assert.equal(await dial(`http://${host}:${port}/`, ''), 'ENOTPUBLIC', host);
  assert.equal(calls, 0);
  assert.equal(await dial(`http://127.0.0.1:${port}/`, '127.0.0.0/8'), 204);
  assert.equal(await dial(`http://127.1:${port}/`, '127.0.0.1'), 204);
  assert.equal(await dial(`http://[::ffff:127.0.0.1]:${port}/`, '10.0.0.0/8'), 'ENOTPUBLIC');
  assert.equal(calls, 2);
});

test('a name is looked up once, and the connection goes to what was judged', async (t) => {
  let calls = 0;
  const server = createServer((_, response) => {
    calls++;
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const home = { address: '127.0.0.1', family: 4 };
  const away = { address: '93.184.216.34', family: 4 };

  // A public address at the first look, ours at the second: there is no second look.
  let looks = 0;
  const rebinding: Resolve = async () => (looks++ === 0 ? [{ address: '10.1.1.1', family: 4 }] : [home]);
  assert.equal(await dial(`http://rebind.example:${port}/`, '127.0.0.0/8', rebinding), 'ENOTPUBLIC');
  assert.equal(looks, 1);
  assert.equal(calls, 0);

  // One private address among public ones is enough to refuse.
  assert.equal(await dial(`https://mixed.example:${port}/`, '', async () => [away, home]), 'ENOTPUBLIC');
  assert.equal(await dial(`https://inside.example:${port}/`, '', async () => [home]), 'ENOTPUBLIC');
  assert.equal(await dial(`http://empty.example:${port}/`, '127.0.0.0/8', async () => []), 'ENOTFOUND');
  // Without TLS even a public address is not told anything.
  assert.equal(await dial(`http://plain.example:${port}/`, '', async () => [away]), 'ENOTPUBLIC');

  looks = 0;
  const once: Resolve = async () => (looks++ === 0 ? [home] : [{ address: '10.1.1.1', family: 4 }]);
  assert.equal(await dial(`http://allowed.example:${port}/`, '127.0.0.0/8', once), 204);
  assert.deepEqual([looks, calls], [1, 1]);
});

test('an address of a webhook is one of http, without a user, and bounded', () => {
  assert.equal(callableUrl('https://hooks.example.org/in?x=1'), 'https://hooks.example.org/in?x=1');
  for (const text of [
    '',
    'hooks.example.org',
    'ftp://a.example',
    'file:///etc/passwd',
    'https://u:p@a.example',
    'https://u@a.example',
    'https://a.example/#x',
    'javascript:alert(1)',
    `https://a.example/${'x'.repeat(2000)}`,
  ])
    assert.throws(() => callableUrl(text), { code: 'webhook-url' }, text);
});
