/**
 * Large files on a full disk: they are sealed by a thread while they still come, so that the disk may fill under the file, under
 * its sealed copy, or under both. A sender hears of it in words or is served, and nothing of what was refused is left.
 */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'sql-template-tag';
import type { House } from '../../src/house.ts';
import { type Sftp, signedIn } from '../sftp-client.ts';
import { sha256 } from '../sftp-door.ts';
import { settled, which } from '../sync/district.ts';
import type { Disk } from './disk.ts';

const mib = 2 ** 20;
const sizeBytes = 32 * mib;
const person = { username: 'ana.ruiz@lakeview.example', password: 'four wooden lamps sing' };
const place = '/imagine/1234567-lakeview/literacy';
/** Room that is left, and what then has none. */
const rooms = [
  ['the file', sizeBytes / 2],
  ['its sealed copy', sizeBytes + 8 * mib],
] as const;

/** @param outside a folder on another file system. */
export async function largeFiles(house: House, disk: Disk, data: string, outside: string): Promise<void> {
  await house.acts.addContact({ email: person.username, district: which.district, password: person.password });
  const client = await signedIn({ port: house.sftp?.port as number }, person);
  // The database has its journal for a while, and takes no more of the room.
  await house.db.query(sql`checkpoint`);
  try {
    for (const [what, bytes] of rooms) await refused(house, disk, data, bytes, what, client);
    await inTime(house, disk, data, client);
  } finally {
    client.end();
  }
  await byCommand(house, disk, data, join(outside, 'large.zip'));
  console.log(
    'receiving large files: refused in words while there was no room, taken when there was, and nothing left',
  );
}

async function refused(house: House, disk: Disk, data: string, room: number, what: string, client: Sftp) {
  const before = await standing(house, data);
  await disk.leave(room);
  const bytes = randomBytes(sizeBytes);
  await assert.rejects(client.put(`${place}/roster.zip`, bytes), /room on the server|disk of the server is full/, what);
  await disk.empty();
  await nothingNew(house, data, before, what);
  await client.put(`${place}/roster.zip`, bytes);
  await isKept(house, bytes, `sent again after there was no room for ${what}`);
}

/**
 * The disk was full under the sealed copy, which was given up, and has room again when the file is closed. The beginning comes
 * last, so that all of the file is there before the copy is begun.
 */
async function inTime(house: House, disk: Disk, data: string, client: Sftp): Promise<void> {
  const bytes = randomBytes(sizeBytes);
  const handle = await client.open(`${place}/roster.zip`, 'w');
  await inPieces(client, handle, bytes, mib, sizeBytes);
  await disk.leave(8 * mib);
  await inPieces(client, handle, bytes, 0, mib);
  await sleep(1000);
  for (let tries = 0; (await filesOf(join(data, 'archive', 'writing'))).length > 0; tries++) {
    assert.ok(tries < 200, 'the copy is given up when there is no room for it');
    await sleep(50);
  }
  await disk.empty();
  await client.close(handle);
  await isKept(house, bytes, 'there was room again in time');
}

async function inPieces(client: Sftp, handle: Buffer, bytes: Buffer, from: number, to: number): Promise<void> {
  const piece = 256 * 1024;
  for (let at = from; at < to; at += piece)
    await client.write(handle, bytes.subarray(at, Math.min(to, at + piece)), at);
}

/** A file that is whole already, and lies elsewhere. */
async function byCommand(house: House, disk: Disk, data: string, path: string): Promise<void> {
  const bytes = randomBytes(sizeBytes);
  await writeFile(path, bytes);
  const before = await standing(house, data);
  await disk.leave(sizeBytes / 2);
  await assert.rejects(house.acts.sync({ path, ...which }), { code: 'disk-full', status: 507 });
  await disk.empty();
  await nothingNew(house, data, before, 'a file by command');
  await house.acts.sync({ path, ...which });
  await isKept(house, bytes, 'a file by command, again');
}

type Standing = { files: string[]; deliveries: number };

/** Files outside of the database, and how many deliveries there are. */
async function standing({ db }: House, data: string): Promise<Standing> {
  const files = await filesOf(data);
  return { files, deliveries: (await db.query(sql`select 1 from deliveries`)).length };
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\/(postgres|reports|outbox)(\/|$)/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function nothingNew(house: House, data: string, before: Standing, what: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const now = await standing(house, data);
    if (tries < 100 && now.files.length !== before.files.length) {
      await sleep(50);
      continue;
    }
    assert.deepEqual(now, before, `nothing is left of what was refused, for there was no room for ${what}`);
    return;
  }
}

/** It is a delivery, byte for byte; that it is no roster is found out later. */
async function isKept(house: House, bytes: Buffer, what: string): Promise<void> {
  const found = await house.db.one<{ sync: string; sha256: string; sizeBytes: number }>(sql`
    select y.id as sync, d.sha256, d.size_bytes as "sizeBytes" from deliveries d
    join syncs y on y.roster_id = d.roster_id and y.delivery_id = d.id order by y.number desc limit 1`);
  assert.deepEqual([found?.sha256, Number(found?.sizeBytes)], [sha256(bytes), bytes.length], what);
  // It is read to its end, which compares it with its hash.
  assert.equal((await settled(house, found?.sync as string)).state, 'rejected', what);
}
