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
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import { CommandError } from './fail.ts';

export type PackageFile = { name: string; pieces(): Iterable<Uint8Array> | AsyncIterable<Uint8Array> };

/** Equal files give equal zips, byte for byte. */
const zipTime = new Date(2020, 0, 1);

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

async function writeZip(files: readonly PackageFile[], out: string): Promise<void> {
  mkdirSync(dirname(out), { recursive: true });
  const partial = `${out}.part`;
  const zip = new yazl.ZipFile();
  for (const file of files) {
    const options = { mtime: zipTime, mode: 0o100644, forceDosTimestamp: true };
    zip.addReadStreamLazy(file.name, options, (ready) => {
      const stream = Readable.from(file.pieces(), { objectMode: false });
      stream.on('error', (error) => zip.emit('error', error));
      ready(null, stream);
    });
  }
  zip.end();
  const output = zip.outputStream as Readable;
  zip.on('error', (error) => output.destroy(error));
  try {
    await pipeline(output, createWriteStream(partial));
    renameSync(partial, out);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

function isSame(a: string, b: string): boolean {
  if (resolve(a) === resolve(b)) return true;
  return existsSync(a) && existsSync(b) && realpathSync(a) === realpathSync(b);
}
