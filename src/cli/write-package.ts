/** Writes files into a zip or a folder, which has its name only when it is whole. */
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type PackageFile, writeZip } from '../package/write-zip.ts';
import { CommandError } from './fail.ts';

/** Says why a path cannot be written to, before any work is done. `from` is what is read. */
export function refuseTarget(out: string, from: readonly string[]): void {
  if (from.some((path) => isSame(path, out)))
    throw new CommandError(`${out} is what is read; name another file to write.`);
  if (out.endsWith('.zip')) {
    if (existsSync(out) && statSync(out).isDirectory()) throw new CommandError(`${out} is a folder.`);
    return;
  }
  if (!existsSync(out)) return;
  if (!statSync(out).isDirectory())
    throw new CommandError(`${out} is a file; name a folder, or a file that ends in .zip.`);
  if (readdirSync(out).length > 0) throw new CommandError(`The folder ${out} is not empty; name a new one.`);
}

/** A zip when the name ends in .zip, otherwise a folder, which is made. */
export async function writePackage(files: Iterable<PackageFile>, out: string): Promise<void> {
  if (out.endsWith('.zip')) await writeZip([...files], out);
  else await writeFolder(files, out);
}

async function writeFolder(files: Iterable<PackageFile>, out: string): Promise<void> {
  const partial = `${out.replace(/[/\\]+$/, '')}.part`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  try {
    for (const file of files) await pipeline(Readable.from(file.pieces()), createWriteStream(join(partial, file.name)));
    if (existsSync(out)) rmSync(out, { recursive: true });
    renameSync(partial, out);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}

function isSame(a: string, b: string): boolean {
  if (resolve(a) === resolve(b)) return true;
  return existsSync(a) && existsSync(b) && realpathSync(a) === realpathSync(b);
}
