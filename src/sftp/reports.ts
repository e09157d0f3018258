/** Shows the reports that the pipeline wrote for a source: plain files of one folder, never anything else. */

import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { missing } from './answers.ts';
import type { Listed } from './listing.ts';
import { isUsable } from './names.ts';

/** @param dir undefined, or a folder that may not be there yet: no reports. */
export async function listReports(dir: string | undefined): Promise<Listed[]> {
  if (dir === undefined) return [];
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found = await Promise.all(names.sort().map((name) => findReport(dir, name)));
  return found.filter((file) => file !== undefined);
}

export async function findReport(dir: string | undefined, name: string): Promise<Listed | undefined> {
  if (dir === undefined || !isUsable(name) || name.startsWith('.')) return undefined;
  const found = await lstat(join(dir, name)).catch(() => undefined);
  return found?.isFile() ? { name, sizeBytes: found.size, modifiedAt: found.mtime } : undefined;
}

/** @throws Answer when there is no such report. */
export async function openReport(dir: string | undefined, name: string): Promise<FileHandle> {
  if (dir === undefined || !(await findReport(dir, name))) throw missing();
  return open(join(dir, name), constants.O_RDONLY | constants.O_NOFOLLOW);
}
