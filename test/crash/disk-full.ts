/**
 * The full disk: `node test/crash/disk-full.ts`. A data folder on a small file system of its own is filled to the brim at each
 * step of a delivery, and later emptied. Nothing is lost, nothing is half, no sender hears success for what was not kept, and
 * the sync goes on by itself.
 *
 * It needs the right to mount a tmpfs: run it as root, or where `unshare --user --mount` is allowed to ordinary users
 * (`sysctl kernel.unprivileged_userns_clone=1`, `sysctl kernel.apparmor_restrict_unprivileged_userns=0`), or give the path of a
 * small file system of yours (64 to 1024 MiB, empty) with --folder.
 */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sql from 'sql-template-tag';
import type { House } from '../../src/house.ts';
import { createLog } from '../../src/log.ts';
import { generate } from '../../src/sample/generate.ts';
import { writeSample } from '../../src/sample/write.ts';
import type { Moment } from '../../src/sync/pipeline.ts';
import { type Followed, houseOn, settled, setUp, which } from '../sync/district.ts';
import { type Disk, fillable, freeBytes } from './disk.ts';
import { largeFiles } from './disk-full-large.ts';
import { problemsOf } from './invariants.ts';
import { rosterOf } from './state.ts';

const sizeMiB = 512;
const moments = ['check', 'checking', 'staged', 'compared', 'apply', 'applying'] as const satisfies Moment[];
const { values } = parseArgs({ options: { folder: { type: 'string' } } });
if (values.folder === undefined) runOnOwnFileSystem();
else await fillAndEmpty(values.folder);

/** Mounts a tmpfs, runs this program on it, and takes it away. */
function runOnOwnFileSystem(): void {
  const script = fileURLToPath(import.meta.url);
  const mount = `mount -t tmpfs -o size=${sizeMiB}m,mode=700 tmpfs`;
  if (process.getuid?.() === 0) {
    const folder = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim();
    const mounted = spawnSync('sh', ['-c', `${mount} ${folder}`], { stdio: 'inherit' });
    if (mounted.status !== 0) cannot();
    try {
      process.exitCode = spawnSync(process.execPath, [script, '--folder', folder], { stdio: 'inherit' }).status ?? 1;
    } finally {
      spawnSync('umount', ['-l', folder]);
      spawnSync('rmdir', [folder]);
    }
    return;
  }
  // A user namespace in which we may mount, and in it another in which we are ourselves again: PostgreSQL refuses root.
  const id = process.getuid?.();
  const inner = `d=$(mktemp -d) && ${mount} $d && exec unshare --user --map-user=${id} "$0" "$1" --folder $d`;
  const may = spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'true']).status === 0;
  if (!may) cannot();
  const ran = spawnSync(
    'unshare',
    ['--user', '--map-root-user', '--mount', 'sh', '-c', inner, process.execPath, script],
    {
      stdio: 'inherit',
    },
  );
  process.exitCode = ran.status ?? 1;
}

function cannot(): never {
  console.error(
    'The full disk cannot be tried here: it needs a small file system, and this user can mount none. Run it as root, allow user namespaces, or name a small empty file system with --folder.',
  );
  process.exit(1);
}

/** Successive exports of one district, each with so many changes that none fits into what the database has in reserve. */
async function nights(folder: string): Promise<string[]> {
  const paths = Array.from({ length: moments.length + 4 }, (_, night) => night).map((generation) =>
    join(folder, `${generation}.zip`),
  );
  for (const [generation, path] of paths.entries())
    await writeSample(generate({ students: 3000, seed: 7, churn: 0.15, generation }), path);
  return paths;
}

async function fillAndEmpty(folder: string): Promise<void> {
  assert.ok((await freeBytes(folder)) <= 1024 * 2 ** 20, '--folder is a small file system, so that it can be filled');
  const outside = await mkdtemp(join(tmpdir(), 'hr-full-'));
  const data = join(folder, 'data');
  const files = await nights(outside);
  const next = () => files.shift() as string;
  const disk = fillable(folder);
  let fillAt: Moment | undefined;
  const at = async (moment: Moment) => {
    if (moment !== fillAt) return;
    fillAt = undefined;
    await disk.fill();
  };
  let house = await houseOn(data, { at, retrySeconds: 1, doors: ['sftp'] }, createLog('silent'));
  try {
    await setUp(house);
    // It is the disk that is to stop them, not the guard.
    await house.acts.setSource({ ...which, changes: { removedAtLeast: 1e6, schoolRemovedAtLeast: 1e6 } });
    await settled(house, (await house.acts.sync({ path: next(), ...which })).sync);
    await receiving(house, disk, files[0] as string);
    await largeFiles(house, disk, data, outside);
    let waited = 0;
    for (const moment of moments) {
      waited += await working(house, disk, next(), moment, () => {
        fillAt = moment;
      });
    }
    assert.ok(waited > moments.length / 2, 'the disk was small enough to stand in the way');
    await telling(house, disk, next(), () => {
      fillAt = 'applied';
    });
    assert.deepEqual(await problemsOf(house, data), []);
    await house.close();
    await disk.fill();
    await assert.rejects(houseOn(data, {}, createLog('silent')), 'a start on a full disk says so, and harms nothing');
    await disk.empty();
    house = await houseOn(data, { retrySeconds: 1 }, createLog('silent'));
    const last = await settled(house, (await house.acts.sync({ path: next(), ...which })).sync);
    assert.equal(last.state, 'applied');
    assert.deepEqual(await problemsOf(house, data), []);
    console.log(
      'The disk was full while receiving, checking, staging, comparing, applying, telling and starting: all went on.',
    );
  } finally {
    await disk.empty();
    await house.close();
    await rm(outside, { recursive: true, force: true });
  }
}

/** Whoever sends while there is no room is told so, and sends it again later. */
async function receiving(house: House, disk: Disk, path: string): Promise<void> {
  const before = await counted(house);
  await disk.fill();
  await assert.rejects(house.acts.sync({ path, ...which }), { code: 'disk-full', status: 507 });
  await disk.empty();
  assert.equal(await counted(house), before, 'what was refused is no delivery');
  console.log('receiving: refused in words, and no delivery');
}

async function counted({ db }: House): Promise<number> {
  return (await db.query(sql`select 1 from deliveries`)).length;
}

/**
 * The disk is full from a moment of the sync on, for longer than there are tries.
 * @returns 1 when it stood in the way, 0 when the database had enough in reserve.
 */
async function working(house: House, disk: Disk, path: string, moment: Moment, arm: () => void): Promise<number> {
  const before = await hashOf(house);
  arm();
  const { sync } = await house.acts.sync({ path, ...which });
  await disk.untilFull(() => house.acts.follow({ sync }));
  await sleep(4000);
  let waits = 0;
  await disk.makeRoomFor(async () => {
    // In this order: it may just be applied, with the room that is made for the look.
    const found = await insist(() => hashOf(house));
    const { state } = await insist(() => house.acts.follow({ sync }));
    if (state === 'applied') return;
    waits = 1;
    assert.ok(['received', 'checking', 'comparing', 'applying'].includes(state), `${moment}: ${state}`);
    assert.equal(found, before, `${moment}: nothing is half`);
    // As if five tries had been used up: one more would be the last.
    await insist(() => house.db.query(sql`update syncs set attempts = 5 where id = ${sync}`));
  });
  await sleep(6000);
  await disk.empty();
  const { state, fault } = await insist(() => settled(house, sync));
  assert.equal(state, 'applied', `${moment}: it goes on by itself (${fault})`);
  assert.notEqual(await hashOf(house), before);
  console.log(`${moment}: ${waits ? 'waited, and was applied when there was room' : 'done with what was in reserve'}`);
  return waits;
}

/** What was applied is told when there is room for the report. */
async function telling(house: House, disk: Disk, path: string, arm: () => void): Promise<void> {
  arm();
  const { sync } = await house.acts.sync({ path, ...which });
  await disk.untilFull(() => house.acts.follow({ sync }));
  await sleep(3000);
  await disk.empty();
  const over: Followed = await insist(() => settled(house, sync));
  assert.equal(over.state, 'applied');
  console.log('telling: done when there was room');
}

async function insist<T>(look: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await look();
    } catch (error) {
      if (tries === 300) throw error;
      await sleep(200);
    }
  }
}

async function hashOf(house: House): Promise<string> {
  return createHash('sha256')
    .update(JSON.stringify(await rosterOf(house)))
    .digest('hex');
}
