/** Waiting files on disk: the bytes under a name of ours, and a note beside them that says what they are. */

import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const noteShape = z.object({
  name: z.string(),
  /** Whether the client closed it; false while it is written and after it was cut off. */
  whole: z.boolean(),
  /** How many bytes from the start are surely on disk, when it is not whole. */
  safeBytes: z.number().int().nonnegative(),
  openedAtMs: z.number(),
  accountId: z.string(),
  address: z.string(),
});

export type Note = z.infer<typeof noteShape>;
export type Staged = { id: string; note: Note; sizeBytes: number; changedAtMs: number };

export const dataPath = (dir: string, id: string): string => join(dir, `${id}.data`);
const notePath = (dir: string, id: string): string => join(dir, `${id}.note`);

export function newId(): string {
  return randomUUID();
}

export async function makeFolder(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
}

/**
 * Writes the note so that it is either the old or the new one.
 * @param options.durable whether it is on disk when this resolves, and with it the names of all files of the folder.
 */
export async function saveNote(dir: string, id: string, note: Note, { durable = true } = {}): Promise<void> {
  const aside = join(dir, `${id}.new`);
  const file = await open(aside, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(note));
    if (durable) await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, notePath(dir, id));
  if (durable) await syncFolder(dir);
}

export async function removeStaged(dir: string, id: string): Promise<void> {
  await rm(notePath(dir, id), { force: true });
  await rm(dataPath(dir, id), { force: true });
}

/**
 * Finds what waits in `dir` after a restart. A file that was not whole is cut to the bytes that surely were on disk;
 * what belongs to nothing is removed.
 */
export async function loadStaged(dir: string): Promise<Staged[]> {
  await makeFolder(dir);
  const found: Staged[] = [];
  const names = await readdir(dir);
  const noted = new Set<string>();
  for (const name of names.filter((entry) => entry.endsWith('.note'))) {
    const id = name.slice(0, -'.note'.length);
    const note = await noteOf(notePath(dir, id));
    const size = await sizeOf(dataPath(dir, id));
    if (!note || !size) continue;
    if (!note.whole && note.safeBytes < size.sizeBytes) await truncate(dataPath(dir, id), note.safeBytes);
    const sizeBytes = note.whole ? size.sizeBytes : Math.min(note.safeBytes, size.sizeBytes);
    if (sizeBytes === 0 && !note.whole) continue;
    noted.add(id);
    found.push({ id, note, sizeBytes, changedAtMs: size.changedAtMs });
  }
  for (const name of names) {
    const dot = name.lastIndexOf('.');
    const kept = noted.has(name.slice(0, dot)) && (name.endsWith('.note') || name.endsWith('.data'));
    if (!kept) await rm(join(dir, name), { force: true });
  }
  return found;
}

async function noteOf(path: string): Promise<Note | undefined> {
  try {
    return noteShape.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

async function sizeOf(path: string): Promise<{ sizeBytes: number; changedAtMs: number } | undefined> {
  try {
    const found = await stat(path);
    return { sizeBytes: found.size, changedAtMs: found.mtimeMs };
  } catch {
    return undefined;
  }
}

async function syncFolder(dir: string): Promise<void> {
  // Windows cannot open a folder, and needs no sync of one.
  if (process.platform === 'win32') return;
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
