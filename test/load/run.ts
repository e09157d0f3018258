/**
 * Many districts at the same minute, `npm run test:load`: 200 sessions put 20 MB each into a whole house at once, then
 * 1,000 small files follow; each is then read back from the archive and compared with what was sent.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { readConfig } from '../../src/config.ts';
import { type House, openHouse } from '../../src/house.ts';
import { createLog } from '../../src/log.ts';
import { openArchive } from '../../src/sync/archive.ts';
import { openKeys } from '../../src/sync/keys.ts';
import { keyPair } from '../key-pair.ts';
import type { Order, Sent } from './client.ts';

const sessions = Number(process.env.LOAD_SESSIONS ?? 200);
const fileBytes = Number(process.env.LOAD_FILE_BYTES ?? 20_000_000);
const smallFiles = Number(process.env.LOAD_SMALL_FILES ?? 1000);
const processes = 4;
/** Generous: what a session may hold is bounded by 8 MiB, and hardly one holds it. */
const memoryLimitBytes = 1.5 * 1024 ** 3;
const email = 'load@vendor.example';

const home = await mkdtemp(join(tmpdir(), 'homeroom-load-'));
const config = readConfig({
  HOMEROOM_DATA: join(home, 'data'),
  HOMEROOM_SFTP_PORT: '0',
  HOMEROOM_VENDOR: 'vendor',
  HOMEROOM_SFTP_CONNECTIONS_LIMIT: String(sessions),
  HOMEROOM_SFTP_CONNECTIONS_PER_ADDRESS: String(sessions),
});
try {
  const house = await openHouse(config, createLog('warn'), { doors: ['sftp'] });
  let sent: Sent[];
  try {
    const privateKey = await setUp(house);
    const peak = peakMemory();
    const place = { port: house.sftp?.port as number, user: email, privateKey, folder: '/vendor/1-district/product' };
    sent = await timed(`${sessions} sessions with ${fileBytes / 1e6} MB each`, sessions * fileBytes, () =>
      all({ ...place, dir: home, sessions, filesEach: 1, fileBytes, prefix: 'large' }),
    );
    const small = { filesEach: Math.ceil(smallFiles / 8), fileBytes: 2000, prefix: 'small' };
    sent.push(
      ...(await timed(`${smallFiles} small files in 8 sessions`, smallFiles * 2000, () =>
        all({ ...place, dir: home, sessions: 8, ...small }),
      )),
    );
    const peakBytes = peak.end();
    console.log(`memory: ${Math.round(peakBytes / 1024 ** 2)} MiB at the most`);
    assert.ok(peakBytes < memoryLimitBytes, `${peakBytes} bytes of memory`);
    const rows = await house.db.query<{ name: string; sha256: string }>(sql`select name, sha256 from deliveries`);
    const known = new Map(rows.map(({ name, sha256 }) => [name, sha256]));
    assert.equal(rows.length, sent.length, 'each file is one delivery');
    for (const { name, sha256 } of sent) assert.equal(known.get(name), sha256, name);
  } finally {
    await house.close();
  }
  await readBack(sent);
  console.log(`${sent.length} files arrived, and are in the archive byte for byte.`);
} finally {
  await rm(home, { recursive: true, force: true });
}

/** The source is paused: what is measured is the door, not the check. @returns a private key that lets in. */
async function setUp(house: House): Promise<string> {
  await house.acts.addProduct({ slug: 'product', name: 'Product' });
  await house.acts.addDistrict({ siteCode: '1', name: 'District' });
  await house.acts.addSource({ district: '1', product: 'product', mode: 'paused' });
  await house.acts.addContact({ email, district: '1', password: 'four wooden lamps sing' });
  const key = keyPair();
  await house.acts.addKey({ email, key: key.public });
  return key.private;
}

/** Shares the sessions among a few processes and waits for all of them. */
async function all(order: Order): Promise<Sent[]> {
  await mkdir(order.dir, { recursive: true });
  const shares = Array.from({ length: processes }, (_, at) => ({
    ...order,
    sessions: Math.floor(order.sessions / processes) + (at < order.sessions % processes ? 1 : 0),
    prefix: `${order.prefix}-${at}`,
  }));
  return (await Promise.all(shares.map(run))).flat();
}

function run(order: Order): Promise<Sent[]> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = fork(join(import.meta.dirname, 'client.ts'), { stdio: 'inherit' });
    let sent: Sent[] | undefined;
    child.on('message', (message) => {
      sent = message as Sent[];
    });
    child.on('exit', (code) =>
      sent && code === 0 ? resolve(sent) : reject(new Error(`A client ended with ${code}.`)),
    );
    child.send(order);
  });
}

async function readBack(sent: Sent[]): Promise<void> {
  const keys = await openKeys('', join(config.data, 'keys'));
  const archive = await openArchive({ dir: join(config.data, 'archive'), tempDir: join(home, 'work'), key: keys });
  for (const { sha256 } of sent) {
    const hash = createHash('sha256');
    for await (const part of archive.get(sha256)) hash.update(part as Buffer);
    assert.equal(hash.digest('hex'), sha256);
  }
  await archive.close();
}

async function timed(what: string, bytes: number, work: () => Promise<Sent[]>): Promise<Sent[]> {
  const startedMs = performance.now();
  const sent = await work();
  const seconds = (performance.now() - startedMs) / 1000;
  const rate = `${Math.round(bytes / 1e6 / seconds)} MB/s, ${Math.round(sent.length / seconds)} files/s`;
  console.log(`${what}: ${seconds.toFixed(1)} s (${rate})`);
  return sent;
}

function peakMemory(): { end(): number } {
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  }, 100);
  return {
    end() {
      clearInterval(timer);
      return peakBytes;
    },
  };
}
