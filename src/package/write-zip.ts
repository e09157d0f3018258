/** Writes a zip that has its name only when it is whole; Node alone, beside the readers that browsers share. */

import { createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';

export type PackageFile = { name: string; pieces(): Iterable<Uint8Array> | AsyncIterable<Uint8Array> };

/** Equal files give equal zips, byte for byte. */
const zipTime = new Date(2020, 0, 1);

/**
 * Files are read one after another, each when its turn has come.
 * @param modeBits who may read the zip, as `open` takes it; what the process gives files by default when not said.
 */
export async function writeZip(files: readonly PackageFile[], out: string, modeBits?: number): Promise<void> {
  mkdirSync(dirname(out), { recursive: true });
  const partial = `${out}.part`;
  const output = zipStream(files);
  try {
    await pipeline(output, createWriteStream(partial, modeBits === undefined ? {} : { mode: modeBits }));
    renameSync(partial, out);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

/** The same as bytes that are made while they are read. */
export function zipStream(files: readonly PackageFile[]): Readable {
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
  return output;
}
