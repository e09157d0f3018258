/** Files that somebody sends from a browser: they come in pieces, so that a slow network costs time and nothing else. */

import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '../core/refusal.ts';
import { saysDiskFull } from './disk-full.ts';

export type Announced = { name: string; sizeBytes: number };
/** Who sends; nobody else may add to it. */
export type Uploader = { accountId: string; sourceId: string };
type Uploaded = { files: { name: string; path: string }[] };

export type UploadDesk = {
  /** @throws Refusal `upload-size`, `upload-files`, `busy` */
  begin(by: Uploader, files: Announced[]): Promise<{ id: string }>;
  /**
   * Adds a piece to a file. A piece that was added already is not added again, so that it may be sent twice.
   * @returns how much of the file is here.
   * @throws Refusal `upload-gone`, `upload-piece`, `disk-full`
   */
  add(by: Uploader, id: string, piece: { file: number; offset: number; bytes: Uint8Array }): Promise<number>;
  /**
   * Hands all files over to `take` once they are whole, and then removes them. When `take` fails they stay.
   * @throws Refusal `upload-gone`, `upload-unfinished`
   */
  finish<T>(by: Uploader, id: string, take: (uploaded: Uploaded) => Promise<T>): Promise<T>;
  /** Forgets what was sent. */
  cancel(by: Uploader, id: string): Promise<void>;
  /** Removes what nobody has added to for an hour. */
  sweep(): Promise<void>;
  close(): Promise<void>;
};

export type UploadDeskDeps = {
  /** Private folder; what lies in it belongs to uploads of an earlier run, and is removed. */
  dir: string;
  /** Largest sum of the files of one delivery. */
  limitBytes: number;
  now(): Date;
};

const filesLimit = 100;
const mostAtOnce = 200;
const mostByOne = 4;
const idleMs = 3_600_000;

type Part = Announced & { path: string; handle: FileHandle; receivedBytes: number };
type Upload = Uploader & { dir: string; parts: Part[]; touchedAt: number; isBusy: boolean };

export async function openUploadDesk({ dir, limitBytes, now }: UploadDeskDeps): Promise<UploadDesk> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const uploads = new Map<string, Upload>();

  const remove = async (id: string) => {
    const upload = uploads.get(id);
    if (!upload) return;
    uploads.delete(id);
    for (const { handle } of upload.parts) await handle.close().catch(() => {});
    await rm(upload.dir, { recursive: true, force: true });
  };

  const own = (by: Uploader, id: string): Upload => {
    const upload = uploads.get(id);
    if (!upload || upload.accountId !== by.accountId || upload.sourceId !== by.sourceId) throw gone();
    // Pieces come one after the other; two at once are two tabs, or two people with one session.
    if (upload.isBusy) throw new Refusal('upload-piece', 409, 'Another piece of this upload is on its way already.');
    upload.touchedAt = now().getTime();
    return upload;
  };

  return {
    async begin(by, files) {
      checkAnnounced(files, limitBytes);
      const mine = [...uploads.values()].filter(({ accountId }) => accountId === by.accountId);
      if (mine.length >= mostByOne || uploads.size >= mostAtOnce) {
        throw new Refusal('busy', 503, 'Other uploads are under way. Let them end, or try again in an hour.');
      }
      const id = randomUUID();
      const upload: Upload = { ...by, dir: join(dir, id), parts: [], touchedAt: now().getTime(), isBusy: false };
      uploads.set(id, upload);
      try {
        await mkdir(upload.dir, { mode: 0o700 });
        for (const [at, file] of files.entries()) {
          const path = join(upload.dir, String(at));
          upload.parts.push({ ...file, path, handle: await open(path, 'wx', 0o600), receivedBytes: 0 });
        }
      } catch (error) {
        await remove(id);
        throw saysDiskFull(error) ? noRoom() : error;
      }
      return { id };
    },

    async add(by, id, { file, offset, bytes }) {
      const upload = own(by, id);
      const part = upload.parts[file];
      const fits = part && offset >= 0 && offset <= part.receivedBytes && offset + bytes.length <= part.sizeBytes;
      if (!fits)
        throw new Refusal('upload-piece', 409, 'This piece does not fit to what is here. Send the file again.');
      upload.isBusy = true;
      try {
        await writeAll(part.handle, bytes, offset);
        part.receivedBytes = Math.max(part.receivedBytes, offset + bytes.length);
      } catch (error) {
        throw saysDiskFull(error) ? noRoom() : error;
      } finally {
        upload.isBusy = false;
      }
      return part.receivedBytes;
    },

    async finish(by, id, take) {
      const upload = own(by, id);
      const short = upload.parts.find(({ sizeBytes, receivedBytes }) => receivedBytes < sizeBytes);
      if (short) throw new Refusal('upload-unfinished', 409, 'Not all of it has arrived. Send it again.');
      upload.isBusy = true;
      try {
        const taken = await take({ files: upload.parts.map(({ name, path }) => ({ name, path })) });
        await remove(id);
        return taken;
      } finally {
        upload.isBusy = false;
      }
    },

    async cancel(by, id) {
      own(by, id);
      await remove(id);
    },

    async sweep() {
      const oldest = now().getTime() - idleMs;
      for (const [id, upload] of uploads) if (!upload.isBusy && upload.touchedAt < oldest) await remove(id);
    },

    async close() {
      for (const id of [...uploads.keys()]) await remove(id);
    },
  };
}

function checkAnnounced(files: Announced[], limitBytes: number): void {
  if (files.length === 0 || files.length > filesLimit) {
    throw new Refusal('upload-files', 400, `A delivery has 1 to ${filesLimit} files.`);
  }
  const sum = files.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
  if (sum > limitBytes) {
    const most = Math.floor(limitBytes / 2 ** 20).toLocaleString('en-US');
    throw new Refusal('upload-size', 413, `This is larger than what is taken here: ${most} MiB.`);
  }
  const names = files.map(({ name }) => name.toLowerCase());
  const twice = names.some((name, at) => names.indexOf(name) !== at);
  if (twice) throw new Refusal('upload-files', 400, 'Two of the files have the same name.');
  const odd = names.some((name) => name === '' || name.length > 255 || /[/\\\p{Cc}]/u.test(name));
  if (odd)
    throw new Refusal('upload-files', 400, 'The name of one of the files cannot be used. Give it a simpler one.');
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, offset + written);
    written += bytesWritten;
  }
}

const gone = () =>
  new Refusal(
    'upload-gone',
    404,
    'This upload is not known any more: the server was started anew, or an hour has passed.',
  );
const noRoom = () =>
  new Refusal(
    'disk-full',
    507,
    'The disk of the server is full, so this was not kept. Make room on it, and then send it again.',
  );
