/** Keeps two programs from working on one data folder at the same time. */
import { closeSync, existsSync, openSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Refusal } from '../core/refusal.ts';

/**
 * Locks `dataDir` for as long as this process lives or until the answered function is called. SQLite takes the lock
 * from the kernel (Node itself cannot), so that a killed process leaves none behind, whatever became of its process id.
 * @throws Refusal `data-folder-in-use`
 */
export function lockFolder(dataDir: string): () => void {
  const file = path.join(dataDir, 'lock');
  // Only when it is missing: a process that closes the file by any other handle gives up its locks on it.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  const lock = new DatabaseSync(file);
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    const SQLITE_BUSY = 5;
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new Refusal(
      'data-folder-in-use',
      409,
      `Another Homeroom is running on the data folder ${dataDir}. Stop it first, or choose another folder with --data.`,
    );
  }
  return () => lock.close();
}
