/** Keeps mails as .eml files, for a house without a mail server: any mail program opens them. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Whole or not at all; doing it twice leaves one file. */
export async function keepInFolder(
  folder: string,
  mail: { id: string; createdAt: Date },
  bytes: Buffer,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${randomUUID()}`);
  await writeFile(temporary, bytes, { flag: 'wx', mode: 0o600, flush: true });
  await rename(temporary, join(folder, `${mail.createdAt.toISOString().slice(0, 10)} ${mail.id}.eml`));
}

export async function removeFromFolder(folder: string, ids: string[]): Promise<void> {
  const gone = new Set(ids);
  for (const name of await readdir(folder).catch(() => [])) {
    const id = / ([0-9a-f-]{36})\.eml$/.exec(name)?.[1];
    if (id !== undefined && gone.has(id)) await rm(join(folder, name), { force: true });
  }
}
