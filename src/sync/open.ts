/** Opens what was delivered, a zip, a folder or loose CSV files on this machine, for a check. */

import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Limits } from '../core/bundle.ts';
import type { Bundle, Entry } from '../core/record.ts';
import { fileBytes } from '../package/file-bytes.ts';
import { type LooseFile, looseFiles, openFile } from '../package/open.ts';
import { unpack, zipOf } from './zip-file.ts';

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
  return openPath(await sized(first, called), limits);
}

/** Each piece is asked of another thread, which takes about as long whatever its size. */
const PIECE_BYTES = 1 << 20;

type SizedFile = { path: string; name: string; sizeBytes: number };

async function openPath(file: SizedFile, limits: Limits): Promise<OpenedBundle> {
  const handle = await open(file.path).catch((error) => Promise.reject(unreadable(file.path, error)));
  const close = async () => {
    await handle.close().catch(() => {});
  };
  let isZip = false;
  const access: LooseFile = {
    ...entryOf(file),
    unpack,
    async head(length) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    },
    zip() {
      isZip = true;
      return zipOf(handle);
    },
  };
  try {
    const bundle = await openFile(access, limits);
    if (!isZip) await close();
    return { ...bundle, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const loose = (name: string, files: SizedFile[], limits: Limits): OpenedBundle => ({
  ...looseFiles(name, files.map(entryOf), limits, unpack),
  close: async () => {},
});

const entryOf = ({ path, name, sizeBytes }: SizedFile): Entry => ({
  name,
  sizeBytes,
  bytes: () => fileBytes(path, PIECE_BYTES),
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
