/** Reads the files of a zip in memory with a second zip reader and a second CSV reader. */
import { text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import yauzl from 'yauzl';
import type { Files, Row } from './roster.ts';

export async function textsOf(zip: Buffer): Promise<Map<string, string>> {
  const opened = await new Promise<yauzl.ZipFile>((resolve, reject) =>
    yauzl.fromBuffer(zip, { lazyEntries: true }, (error, file) => (error ? reject(error) : resolve(file))),
  );
  const found = new Map<string, string>();
  await new Promise<void>((resolve, reject) => {
    opened.on('error', reject);
    opened.on('end', () => resolve());
    opened.on('entry', (entry: yauzl.Entry) =>
      opened.openReadStream(entry, (error, stream) => {
        if (error) return reject(error);
        text(stream).then((content) => {
          found.set(entry.fileName, content);
          opened.readEntry();
        }, reject);
      }),
    );
    opened.readEntry();
  });
  return found;
}

export async function filesOf(zip: Buffer): Promise<Files> {
  const files: Files = new Map();
  for (const [name, content] of await textsOf(zip))
    files.set(name.replace(/\.csv$/, ''), parse(content, { columns: true }) as Row[]);
  return files;
}
