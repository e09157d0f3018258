/** Writes a sample district to a folder or into a zip, piece by piece. */

import { createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import type { Sample, SampleFile } from './generate.ts';

export type Written = { name: string; rows: number; sizeBytes: number };

/** Called after each piece with the file's name and all bytes of text so far. */
export type Progress = (file: string, bytes: number) => void;

/** All zips of the same district are equal, byte for byte. */
const zipTime = new Date(2026, 0, 1);

/**
 * Writes all files into `out`: a zip when the name ends in .zip, otherwise a folder, which is made. The zip appears under
 * its name when it is whole. `rows` counts lines without the header.
 */
export async function writeSample(sample: Sample, out: string, onProgress: Progress = () => {}): Promise<Written[]> {
  const written = sample.files.map(({ name }): Written => ({ name, rows: -1, sizeBytes: 0 }));
  let total = 0;
  const stream = (file: SampleFile, at: number) => {
    const count = written[at] as Written;
    return Readable.from(
      counted(file, count, (bytes) => {
        total += bytes;
        onProgress(file.name, total);
      }),
      { objectMode: false },
    );
  };
  if (out.endsWith('.zip')) await writeZip(sample, out, stream);
  else await writeFolder(sample, out, stream);
  for (const file of written) file.rows = Math.max(0, file.rows);
  return written;
}

type Open = (file: SampleFile, at: number) => Readable;

async function writeFolder(sample: Sample, out: string, open: Open): Promise<void> {
  mkdirSync(out, { recursive: true });
  for (const [at, file] of sample.files.entries())
    await pipeline(open(file, at), createWriteStream(join(out, file.name)));
}

async function writeZip(sample: Sample, out: string, open: Open): Promise<void> {
  mkdirSync(dirname(out), { recursive: true });
  const partial = `${out}.part`;
  const zip = new yazl.ZipFile();
  for (const [at, file] of sample.files.entries()) {
    const options = { mtime: zipTime, mode: 0o100644, forceDosTimestamp: true };
    zip.addReadStreamLazy(file.name, options, (ready) => {
      const stream = open(file, at);
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

function* counted(file: SampleFile, count: Written, onBytes: (bytes: number) => void): Generator<Buffer> {
  for (const piece of file.text()) {
    const bytes = Buffer.from(piece);
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count.rows += 1;
    count.sizeBytes += bytes.length;
    onBytes(bytes.length);
    yield bytes;
  }
}
