/** The keys that encrypt the archive and stored secrets: given as a setting, or made and kept in the data folder. */

import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingError } from '../config.ts';
import { Refusal } from '../core/refusal.ts';
import type { KeyRing } from '../vault.ts';
import { syncFolder } from './archive.ts';

export type HouseKeys = KeyRing & {
  /** Whether the keys are a setting, which only whoever starts the program can change. */
  areSetting: boolean;
  /**
   * Puts a new key before those that are there, on disk before it is used; when a rotation was begun before, that one
   * goes on.
   * @throws Refusal `one-key` when the keys are a setting with one key only.
   */
  begin(): Promise<void>;
  /** Forgets all keys but the current one: nothing is encrypted with them any more. */
  finish(): Promise<void>;
};

/**
 * @param setting keys of 32 bytes in base64, the current one first, separated by commas; or empty.
 * @param dir the folder of keys; `archive.key` is made in it when there is no setting and no key yet.
 * @throws SettingError when a key is not 32 bytes in base64.
 */
export async function openKeys(setting: string, dir: string): Promise<HouseKeys> {
  if (setting !== '') return settingKeys(decodeAll(setting, 'HOMEROOM_ARCHIVE_KEY'));
  const path = join(dir, 'archive.key');
  if ((await read(path)) === undefined) await create(path, dir);
  let keys = decodeAll((await read(path)) ?? '', path);
  return {
    areSetting: false,
    all: () => keys,
    async begin() {
      if (keys.length > 1) return;
      const next = [randomBytes(32), ...keys];
      await replace(path, dir, next);
      keys = next;
    },
    async finish() {
      const next = keys.slice(0, 1);
      await replace(path, dir, next);
      keys = next;
    },
  };
}

function settingKeys(keys: Uint8Array[]): HouseKeys {
  return {
    areSetting: true,
    all: () => keys,
    async begin() {
      if (keys.length > 1) return;
      throw new Refusal(
        'one-key',
        409,
        'The key is the setting HOMEROOM_ARCHIVE_KEY. Put a new key before it, separated by a comma, start the server anew, and call this again.',
      );
    },
    async finish() {},
  };
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
  await written(path, [randomBytes(32)], (temporary) =>
    link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    }),
  );
  await syncFolder(dir);
}

async function replace(path: string, dir: string, keys: readonly Uint8Array[]): Promise<void> {
  await written(path, keys, (temporary) => rename(temporary, path));
  await syncFolder(dir);
}

async function written(
  path: string,
  keys: readonly Uint8Array[],
  moveInto: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.write(keys.map((key) => `${Buffer.from(key).toString('base64')}\n`).join(''));
    await file.sync();
    await moveInto(temporary);
  } finally {
    await file.close();
    await rm(temporary, { force: true });
  }
}

function decodeAll(text: string, where: string): Uint8Array[] {
  return text.split(/[\s,]+/).map((part) => decode(part, where));
}

function decode(text: string, where: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 32 || bytes.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) {
    throw new SettingError(`${where} must hold 32 bytes in base64. One can be made with: openssl rand -base64 32`);
  }
  return bytes;
}
