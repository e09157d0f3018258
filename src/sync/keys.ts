/** The key that encrypts the archive: given as a setting, or made once in the data folder. */

import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingError } from '../config.ts';
import { syncFolder } from './archive.ts';

/**
 * @param setting 32 bytes in base64, or empty.
 * @param dir the folder of keys; `archive.key` is made in it when there is no setting and no key yet.
 * @throws SettingError when the key is not 32 bytes in base64.
 */
export async function archiveKey(setting: string, dir: string): Promise<Uint8Array> {
  if (setting !== '') return decode(setting, 'HOMEROOM_ARCHIVE_KEY');
  const path = join(dir, 'archive.key');
  const found = await read(path);
  if (found !== undefined) return decode(found, path);
  await create(path, dir);
  return decode((await read(path)) ?? '', path);
}

async function read(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whole or not at all, and never over a key that is there: what it encrypted could not be read any more. */
async function create(path: string, dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomUUID()}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.write(`${randomBytes(32).toString('base64')}\n`);
    await file.sync();
    await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await file.close();
    await rm(temporary, { force: true });
  }
  await syncFolder(dir);
}

function decode(text: string, where: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 32 || bytes.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) {
    throw new SettingError(`${where} must hold 32 bytes in base64. One can be made with: openssl rand -base64 32`);
  }
  return bytes;
}
