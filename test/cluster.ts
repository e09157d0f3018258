/** A private PostgreSQL, migrated and at rest, that tests begin with a copy of: to make one costs more than most tests do. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDb } from '../src/db/db.ts';
import { startEmbedded } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';
import { createLog } from '../src/log.ts';

const root = join(import.meta.dirname, '..');
const cache = join(root, 'node_modules/.cache/homeroom');

/** Gives a data folder that has none its database. */
export async function giveCluster(dataDir: string): Promise<void> {
  const folder = join(dataDir, 'postgres');
  if (existsSync(folder)) return;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // Renamed when it is whole, for some tests kill whoever copies.
  const aside = `${folder}.copy`;
  rmSync(aside, { recursive: true, force: true });
  // With owner and rights: PostgreSQL does not run as root, and wants its folder to itself.
  await promisify(execFile)('cp', ['-a', await madeOnce(), aside]);
  renameSync(aside, folder);
}

/** Of these migrations and this PostgreSQL; where two processes make it at once, one of them is kept. */
async function madeOnce(): Promise<string> {
  const place = join(cache, `cluster-${marks()}`);
  if (existsSync(place)) return place;
  mkdirSync(cache, { recursive: true });
  const made = mkdtempSync(join(cache, 'making-'));
  try {
    const settings = { fsync: 'off', full_page_writes: 'off' };
    const engine = await startEmbedded({ dataDir: made, log: createLog('warn'), settings });
    const db = openDb(engine.config);
    await migrate(db);
    await db.close();
    await engine.close();
    if (!existsSync(place)) renameSync(join(made, 'postgres'), place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return place;
}

function marks(): string {
  const hash = createHash('sha256');
  const migrations = join(root, 'src/db/migrations');
  for (const name of readdirSync(migrations).sort()) hash.update(name).update(readFileSync(join(migrations, name)));
  hash.update(readFileSync(join(root, 'src/db/embedded.ts')));
  hash.update(readFileSync(join(root, 'package-lock.json'))).update(String(process.getuid?.()));
  return hash.digest('hex').slice(0, 16);
}
