/** Opens what was delivered, a zip, a folder or loose CSV files, and says in findings what is wrong with the package. */

import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Limits } from '../core/bundle.ts';
import { finding } from '../core/finding.ts';
import { sortFiles } from '../core/package-names.ts';
import type { Bundle, Entry, Finding } from '../core/record.ts';
import { show } from '../core/show.ts';
import { thousands } from '../core/words.ts';
import { archiveKind, headLength } from './magic.ts';
import { chunkBytes, openZip } from './zip.ts';

/** Whoever opens a bundle closes it when its entries are no longer read. */
export type OpenedBundle = Bundle & { close(): Promise<void> };

/**
 * Never throws for what is in the files: faults are findings, with severities of the default profile, or an `EntryFault`
 * while an entry is read.
 * @param paths a zip, a folder with CSV files at its top, or one or more loose CSV files.
 * @param name what the delivery was called when it was sent, where its file is called otherwise.
 * @throws Error with a sentence when a path is not there or cannot be read by us.
 */
export async function openDelivery(
  paths: string | readonly string[],
  limits: Limits,
  name?: string,
): Promise<OpenedBundle> {
  const list = typeof paths === 'string' ? [paths] : paths;
  const [first] = list;
  if (first === undefined) throw new Error('Give a zip, a folder or CSV files.');
  if (list.length > 1)
    return loose(name ?? basename(dirname(first)), await Promise.all(list.map((path) => sized(path))), limits);
  const called = name ?? basename(first);
  const info = await statOf(first);
  if (info.isDirectory()) return loose(called, await filesOf(first), limits);
  return openFile(await sized(first, called), limits);
}

type SizedFile = { path: string; name: string; sizeBytes: number };

async function openFile(file: SizedFile, limits: Limits): Promise<OpenedBundle> {
  const kind = archiveKind(await headOf(file.path));
  const wantsZip = /\.zip$/i.test(file.name);
  if (kind === 'zip' || (kind === undefined && wantsZip && file.sizeBytes > 0)) {
    const opened = await openZip(file.path, file.name, limits);
    if (!wantsZip && opened.entries.length > 0) opened.findings.unshift(inTruth(file.name, opened.entries));
    return opened;
  }
  const fault = kind ? packed(file.name, kind) : wantsZip ? emptyZip(file.name) : undefined;
  if (fault) return { name: file.name, entries: [], findings: [fault], close: async () => {} };
  return loose(file.name, [file], limits);
}

const packed = (name: string, kind: string): Finding =>
  finding('zip-extension-not-zip', {
    file: show(name),
    message: `${show(name)} is in truth ${kind}, not a zip archive`,
  });

const inTruth = (name: string, entries: Entry[]): Finding => {
  const isWorkbook = entries.some((entry) => entry.name === '[Content_Types].xml');
  return packedAs(name, isWorkbook ? 'an Excel workbook or another Office document' : 'a zip archive');
};
const packedAs = (name: string, kind: string): Finding =>
  finding('zip-extension-not-zip', { file: show(name), message: `${show(name)} is in truth ${kind}` });

const emptyZip = (name: string): Finding =>
  finding('zip-upload-incomplete', { file: show(name), message: `${show(name)} is empty: it has no bytes at all` });

/** Files as they lie on disk. */
function loose(name: string, files: SizedFile[], limits: Limits): OpenedBundle {
  const total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const close = async () => {};
  if (total > limits.unpackedLimitBytes) return { name, entries: [], findings: [tooLarge(name, total, limits)], close };
  const sorted = sortFiles(files.map(entryOf));
  return { name, entries: sorted.files, findings: sorted.findings, close };
}

const tooLarge = (name: string, total: number, { unpackedLimitBytes }: Limits): Finding =>
  finding('zip-size-limit', {
    file: show(name),
    message: `The files have ${thousands(total)} bytes together; the limit is ${thousands(unpackedLimitBytes)}`,
  });

const entryOf = ({ path, name, sizeBytes }: SizedFile): Entry => ({
  name,
  sizeBytes,
  bytes: () => createReadStream(path, { highWaterMark: chunkBytes }),
});

/** The files at the top of a folder; what lies deeper is not part of the delivery. */
async function filesOf(folder: string): Promise<SizedFile[]> {
  const names = await readdir(folder).catch((error) => Promise.reject(unreadable(folder, error)));
  const files: SizedFile[] = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (info?.isFile()) files.push({ path, name, sizeBytes: info.size });
  }
  return files;
}

async function sized(path: string, name = basename(path)): Promise<SizedFile> {
  const info = await statOf(path);
  if (!info.isFile()) throw new Error(`${path} is not a file. Give one zip, one folder, or the CSV files of one set.`);
  return { path, name, sizeBytes: info.size };
}

async function statOf(path: string) {
  return stat(path).catch((error) => Promise.reject(unreadable(path, error)));
}

function unreadable(path: string, error: NodeJS.ErrnoException): Error {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return new Error(`There is no file or folder ${path}.`);
  if (error.code === 'EACCES' || error.code === 'EPERM') return new Error(`${path} cannot be read: permission denied.`);
  return new Error(`${path} cannot be read: ${error.message}`);
}

async function headOf(path: string): Promise<Uint8Array> {
  const handle = await open(path).catch((error) => Promise.reject(unreadable(path, error)));
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headLength), 0, headLength, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
