/** Ends a PostgreSQL that outlived the program which had started it, so that the next one can start its own. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../core/refusal.ts';

const FAST_STOP_MS = 60_000;
const QUICK_STOP_MS = 10_000;

/**
 * Stops the PostgreSQL that works on `folder`, if one does, and takes away the marks that nobody stands behind any more:
 * those that name a zombie, or an id that belongs to another program by now. Call it only with the data folder
 * locked: then no program that is alive uses it.
 * @returns whether one was running
 */
export async function stopOrphan(folder: string): Promise<boolean> {
  const pid = postmasterOf(folder);
  if (pid === undefined) return false;
  const running = isPostmaster(pid, folder);
  if (running) {
    process.kill(pid, 'SIGINT');
    if (!(await gone(pid, folder, FAST_STOP_MS))) {
      process.kill(pid, 'SIGQUIT');
      if (!(await gone(pid, folder, QUICK_STOP_MS))) throw stuck(pid);
    }
  }
  for (const name of readdirSync(folder)) {
    if (name === 'postmaster.pid' || name.startsWith('.s.PGSQL.')) rmSync(path.join(folder, name), { force: true });
  }
  return running;
}

function stuck(pid: number): Refusal {
  return new Refusal(
    'database-stuck',
    503,
    `A PostgreSQL of an earlier start (process ${pid}) does not stop. End it, then start again.`,
  );
}

function postmasterOf(folder: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(path.join(folder, 'postmaster.pid'), 'utf8'), 10);
    return pid > 1 ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function gone(pid: number, folder: string, limitMs: number): Promise<boolean> {
  for (const until = Date.now() + limitMs; Date.now() < until; await sleep(20)) {
    if (!isPostmaster(pid, folder)) return true;
  }
  return false;
}

/** A process id alone says nothing: it may have gone to another program. A postmaster works in its own folder. */
function isPostmaster(pid: number, folder: string): boolean {
  if (process.platform !== 'linux') return commandOf(pid).includes('postgres');
  try {
    const place = statSync(`/proc/${pid}/cwd`);
    const own = statSync(folder);
    // The link of a program that was replaced by an update ends in " (deleted)".
    const program = path.basename(readlinkSync(`/proc/${pid}/exe`)).split(' ')[0];
    return program === 'postgres' && place.ino === own.ino && place.dev === own.dev;
  } catch {
    return false;
  }
}

function commandOf(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
