/** Whatever a server answers or leads to: nothing is sent where it may not go, and no answer grows without an end. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { networksOf, publicDialer } from '../../src/dial.ts';
import { send } from '../../src/pull/transport.ts';
import type { PullTrouble } from '../../src/pull/trouble.ts';
import { openHarness } from './harness.ts';
import { rosterOf, sampleFiles } from './roster.ts';
import { startSis } from './server.ts';

const harness = await openHarness();
const roster = rosterOf(sampleFiles(10), '1.1');
const loopback = networksOf('127.0.0.0/8', 'TEST');
const limitBytes = 100_000;

function agentFor(allowed: string, resolve?: (host: string) => Promise<{ address: string; family: number }[]>) {
  return publicDialer({
    allowed: allowed === '' ? networksOf('', 'TEST') : loopback,
    connectTimeoutMs: 2000,
    responseLimitBytes: 2 ** 26,
    ...(resolve ? { resolve } : {}),
  });
}

/** The code of the trouble that a request ends in; its status when it ends in none. */
async function outcome(url: string, dialer = harness.deps.dialer): Promise<string | number> {
  const bounds = { dialer, limitBytes, silenceMs: 1000, totalMs: 3000 };
  try {
    return (await send({ method: 'GET', url, headers: {} }, bounds, new AbortController().signal)).status;
  } catch (error) {
    return (error as PullTrouble).code;
  }
}

async function withServer(answer: RequestListener, work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test('addresses that are not public are not dialled, by whatever name, unless the setting names their network', async () => {
  let count = 0;
  await withServer(
    (_, response) => {
      count++;
      response.end('{}');
    },
    async (url) => {
      const { port } = new URL(url);
      const closed = agentFor('');
      const named = agentFor('', async () => [{ address: '127.0.0.1', family: 4 }]);
      for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '10.0.0.9', '169.254.169.254'])
        for (const scheme of ['http', 'https'])
          assert.equal(await outcome(`${scheme}://${host}:${port}/`, closed), 'not-public', host);
      assert.equal(await outcome(`https://sis.example:${port}/`, named), 'not-public');
      assert.equal(await outcome('http://93.184.215.14/', closed), 'not-public', 'public, and without TLS');
      assert.equal(count, 0, 'nothing was sent');
      assert.equal(await outcome(url), 200);
      await closed.destroy();
      await named.destroy();
    },
  );
});

test('a certificate that nobody vouches for is refused before a secret is sent', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'hr-pull-tls-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2', '-nodes'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
  });
  const tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  const sis = await startSis(roster, [], 1, { tls });
  t.after(sis.close);
  const { pull, zip } = await harness.pull(await harness.source(sis));
  assert.deepEqual([pull.state, pull.trouble?.code, zip], ['failed', 'tls', undefined]);
  assert.match(pull.trouble?.sentence ?? '', /certificate of 127\.0\.0\.1:\d+ cannot be trusted/);
  assert.deepEqual([sis.requests.length, sis.tokenRequests], [0, 0]);
});

test('answers are bounded: long ones, packed ones that grow, and ones that never end', async () => {
  const bomb = gzipSync(Buffer.alloc(2 ** 26));
  const answers: Record<string, RequestListener> = {
    long: (_, response) => response.end(Buffer.alloc(limitBytes + 1, ' ')),
    bomb: (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    twice: (_, response) => response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(gzipSync(bomb)),
    endless: (_, response) => {
      const more = () => void (response.writableEnded || response.write(Buffer.alloc(1 << 16, ' ')));
      more();
      response.on('drain', more);
    },
  };
  for (const [name, answer] of Object.entries(answers))
    await withServer(answer, async (url) => assert.equal(await outcome(url), 'too-large', name));
  await withServer(
    (_, response) => void response.writeHead(200).write('{'),
    async (url) => assert.equal(await outcome(url), 'timeout'),
  );
  const headers: RequestListener = (_, response) => {
    for (let at = 0; at < 40; at++) response.setHeader(`x-${at}`, 'x'.repeat(1000));
    response.end('{}');
  };
  await withServer(headers, async (url) =>
    assert.equal(typeof (await outcome(url)), 'string', 'heads are bounded too'),
  );
});

test('redirects stay on the server, are few, and a secret follows none', async (t) => {
  const led = async (location: (path: string, at: number) => string) => {
    let at = 0;
    const seen: { host: string; authorization: string }[] = [];
    const answer: RequestListener = ({ headers, url }, response) => {
      if (url === '/oauth/token') {
        response.end('{"access_token":"t","expires_in":3600}');
        return;
      }
      seen.push({ host: headers.host ?? '', authorization: headers.authorization ?? '' });
      response.writeHead(302, { location: location(url ?? '', at++) }).end();
    };
    let code: string | undefined;
    await withServer(answer, async (url) => {
      const sis = await startSis(roster);
      t.after(sis.close);
      Object.assign(sis, { url: `${url}api`, tokenUrl: `${url}oauth/token` });
      code = (await harness.pull(await harness.source(sis))).pull.trouble?.code;
    });
    return { code, seen };
  };
  const round = await led((_, at) => `/api/x${at}`);
  assert.equal(round.code, 'redirect');
  assert.ok(round.seen.length <= 10, `${round.seen.length} requests`);
  for (const target of ['http://127.0.0.2:1/', 'https://example.org/', '//169.254.169.254/', 'file:///etc/passwd']) {
    const { code, seen } = await led(() => target);
    assert.equal(code, 'redirect', target);
    assert.ok(seen.every(({ host }) => host.startsWith('127.0.0.1:')));
  }
  const other = await startSis(roster, [], 1, { tokenPath: '/elsewhere/token' });
  t.after(other.close);
  await withServer(
    (_, response) => response.writeHead(307, { location: other.tokenUrl }).end(),
    async (url) => {
      const source = await harness.source(Object.assign({ ...other }, { tokenUrl: `${url}token` }));
      assert.equal((await harness.pull(source)).pull.trouble?.code, 'no-token');
    },
  );
  assert.equal(other.tokenRequests, 0, 'no secret was sent on');
});
