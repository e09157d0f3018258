/** Writes a sample district to a folder or into a zip, piece by piece. */

import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type PackageFile, writeZip } from '../package/write-zip.ts';
import type { Sample, SampleFile } from './generate.ts';

export type Written = { name: string; rows: number; sizeBytes: number };

/** Called after each piece with the file's name and all bytes of text so far. */
export type Progress = (file: string, bytes: number) => void;

/**
 * Writes all files into `out`: a zip when the name ends in .zip, otherwise a folder, which is made. The zip appears under
 * its name when it is whole. `rows` counts lines without the header.
 */
export async function writeSample(sample: Sample, out: string, onProgress: Progress = () => {}): Promise<Written[]> {
  const written = sample.files.map(({ name }): Written => ({ name, rows: -1, sizeBytes: 0 }));
  let total = 0;
  const files = sample.files.map((file, at): PackageFile => {
    const pieces = () =>
      counted(file, written[at] as Written, (bytes) => {
        total += bytes;
        onProgress(file.name, total);
      });
    return { name: file.name, pieces };
  });
  if (out.endsWith('.zip')) await writeZip(files, out);
  else await writeFolder(files, out);
  for (const file of written) file.rows = Math.max(0, file.rows);
  return written;
}

async function writeFolder(files: readonly PackageFile[], out: string): Promise<void> {
  mkdirSync(out, { recursive: true });
  for (const { name, pieces } of files) {
    await pipeline(Readable.from(pieces(), { objectMode: false }), createWriteStream(join(out, name)));
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
