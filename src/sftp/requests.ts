/** What each request of SFTP version 3 does within the tree that one person sees. */

import { randomInt } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Log } from '../log.ts';
import { type Answer, denied, failure, missing, status, unsupported } from './answers.ts';
import type { AuditEntry, Folder } from './deps.ts';
import type { Dropbox } from './dropbox.ts';
import { type Attributes, type Entry, entryOf, fileAttributes, folderAttributes } from './listing.ts';
import type { OpenUpload } from './open-upload.ts';
import { absolute, type Place, placeOf, reportsName, testName } from './paths.ts';
import { findReport, listReports, openReport } from './reports.ts';
import type { Who } from './shelf.ts';
import { Fields, packetLimitBytes, pieceLimitBytes, type Request, type SetAttributes, uint64Bytes } from './wire.ts';

export type RequestContext = Who & {
  folders(): Promise<Folder[]>;
  dropboxOf(sourceId: string): Promise<Dropbox>;
  /** Told of everything that is denied. */
  audit(entry: AuditEntry): void;
  log: Log;
};

/** No field means success. */
export type Reply = {
  handle?: Uint8Array;
  attrs?: Attributes;
  names?: Entry[];
  data?: Uint8Array;
  /** Of an extended request. */
  extended?: Uint8Array;
  answer?: Answer;
};

/** The extensions that the greeting names; clients use what they know of them. */
export const extensions = [
  ['posix-rename@openssh.com', '1'],
  ['fsync@openssh.com', '1'],
  ['limits@openssh.com', '1'],
] as const;

type Handle =
  | { kind: 'write'; upload: OpenUpload; box: Dropbox; name: string }
  | { kind: 'read'; file: FileHandle; attrs: Attributes }
  | { kind: 'list'; entries: Entry[] };

const flag = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 };
const handlesLimit = 64;
const namesPerAnswer = 100;
const eof: Reply = { answer: { status: status.eof, message: 'End of file' } as Answer };

export class Requests {
  #context: RequestContext;
  #handles = new Map<number, Handle>();
  /** Begins anywhere, so that a handle of another session is not one of this. */
  #nextHandle = randomInt(2 ** 31);
  #opening = 0;
  #openedAt = new Date();

  constructor(context: RequestContext) {
    this.#context = context;
  }

  writing(): boolean {
    return [...this.#handles.values()].some((handle) => handle.kind === 'write');
  }

  /** Does one request. @throws Answer */
  async answer(request: Request): Promise<Reply> {
    switch (request.type) {
      case 'open':
        return this.#open(request.path, request.flags);
      case 'close':
        return this.#close(request.handle);
      case 'read':
        return this.#read(request.handle, request.offset, request.lengthBytes);
      case 'write':
        return this.#write(request);
      case 'stat':
      case 'lstat':
        return this.#stat(request.path);
      case 'fstat':
        return this.#fstat(request.handle);
      case 'setstat':
        return this.#setstat(request.path, request.attrs);
      case 'fsetstat':
        return this.#fsetstat(request.handle, request.attrs);
      case 'opendir':
        return this.#opendir(request.path);
      case 'readdir':
        return this.#readdir(request.handle);
      case 'realpath':
        return this.#realpath(request.path);
      case 'remove':
        return this.#remove(request.path);
      case 'rename':
        return this.#rename(request.from, request.to);
      case 'mkdir':
        return this.#mkdir(request.path);
      case 'rmdir':
        throw this.#denied(request.path, 'Folders cannot be removed here.');
      case 'symlink':
        throw this.#denied(request.to, 'There are no links here.');
      case 'readlink':
        return this.#readlink(request.path);
      case 'extended':
        return this.#extended(request.name, request.data);
      case 'unknown':
        throw unsupported();
    }
  }

  async #open(path: string, flags: number): Promise<Reply> {
    const place = await this.#place(path);
    if (place.kind === 'nothing') throw missing();
    return this.#withHandle(async () => {
      if ((flags & (flag.write | flag.append | flag.create | flag.truncate)) === 0) return this.#openRead(place, path);
      if (place.kind !== 'file') throw this.#denied(path, 'Files can be put into your own folders only.');
      const box = await this.#context.dropboxOf(place.folder.sourceId);
      const mode = {
        truncate: (flags & flag.truncate) !== 0,
        create: (flags & flag.create) !== 0,
        exclusive: (flags & flag.exclusive) !== 0,
        append: (flags & flag.append) !== 0,
      };
      return { kind: 'write', upload: await box.openWrite(place.name, mode, this.#who()), box, name: place.name };
    });
  }

  async #close(key: Uint8Array): Promise<Reply> {
    const id = idOf(key);
    const handle = this.#handles.get(id);
    if (!handle) throw failure('This file is not open.');
    this.#handles.delete(id);
    if (handle.kind === 'write') await handle.box.finish(handle.upload);
    if (handle.kind === 'read') await handle.file.close();
    return {};
  }

  async #read(key: Uint8Array, offset: number, length: number): Promise<Reply> {
    const handle = this.#handle(key);
    if (handle.kind === 'list') throw failure('This is a folder.');
    if (!Number.isSafeInteger(offset)) return eof;
    const lengthBytes = Math.min(length, pieceLimitBytes);
    if (handle.kind === 'write') return dataOrEnd(await handle.upload.read(offset, lengthBytes));
    const { buffer, bytesRead } = await handle.file.read(Buffer.allocUnsafe(lengthBytes), 0, lengthBytes, offset);
    return dataOrEnd(buffer.subarray(0, bytesRead));
  }

  async #write({ handle: key, offset, pieces, lengthBytes }: Request & { type: 'write' }): Promise<Reply> {
    const handle = this.#handle(key);
    if (handle.kind !== 'write') throw failure('This file is not open for writing.');
    await handle.upload.write(offset, pieces, lengthBytes);
    return {};
  }

  async #stat(path: string): Promise<Reply> {
    const place = await this.#place(path);
    switch (place.kind) {
      case 'outside':
        throw this.#denied(path, outsideSentence);
      case 'nothing':
        throw missing();
      case 'file': {
        const file = await (await this.#context.dropboxOf(place.folder.sourceId)).find(place.name);
        if (!file) throw missing();
        return { attrs: fileAttributes(file) };
      }
      case 'report': {
        const file = await findReport(place.folder.reportsDir, place.name);
        if (!file) throw missing();
        return { attrs: fileAttributes(file, true) };
      }
      default:
        return { attrs: folderAttributes(this.#openedAt, place.kind === 'folder') };
    }
  }

  async #fstat(key: Uint8Array): Promise<Reply> {
    const handle = this.#handle(key);
    if (handle.kind === 'list') return { attrs: folderAttributes(this.#openedAt, true) };
    if (handle.kind === 'read') return { attrs: handle.attrs };
    return { attrs: fileAttributes({ sizeBytes: handle.upload.sizeBytes, modifiedAt: new Date() }) };
  }

  /** Modes and owners are accepted and ignored; a time is kept, since clients compare it later. */
  async #setstat(path: string, { modifiedAt }: SetAttributes): Promise<Reply> {
    await this.#stat(path);
    const place = await this.#place(path);
    if (place.kind === 'report') throw this.#denied(path, readOnlySentence);
    if (place.kind === 'file' && modifiedAt)
      (await this.#context.dropboxOf(place.folder.sourceId)).touch(place.name, modifiedAt);
    return {};
  }

  async #fsetstat(key: Uint8Array, { sizeBytes, modifiedAt }: SetAttributes): Promise<Reply> {
    const handle = this.#handle(key);
    if (handle.kind !== 'write') return {};
    if (sizeBytes !== undefined) await handle.upload.cut(sizeBytes);
    if (modifiedAt) handle.box.touch(handle.name, modifiedAt);
    return {};
  }

  async #opendir(path: string): Promise<Reply> {
    const place = await this.#place(path);
    if (place.kind === 'outside') throw this.#denied(path, outsideSentence);
    if (place.kind === 'nothing') throw missing();
    if (place.kind === 'file' || place.kind === 'report') {
      await this.#stat(path);
      throw failure('This is a file.');
    }
    return this.#withHandle(async () => ({ kind: 'list', entries: await this.#entriesOf(place) }));
  }

  async #readdir(key: Uint8Array): Promise<Reply> {
    const handle = this.#handle(key);
    if (handle.kind !== 'list') throw failure('This is a file.');
    const names = handle.entries.splice(0, namesPerAnswer);
    return names.length > 0 ? { names } : eof;
  }

  async #realpath(path: string): Promise<Reply> {
    const found = absolute(path);
    if (found === undefined) throw failure('This path cannot be read.');
    return { names: [entryOf(found, folderAttributes(this.#openedAt, false))] };
  }

  async #remove(path: string): Promise<Reply> {
    const place = await this.#place(path);
    if (place.kind === 'nothing') throw missing();
    if (place.kind !== 'file') throw this.#denied(path, 'Only files in your own folders can be removed.');
    await (await this.#context.dropboxOf(place.folder.sourceId)).remove(place.name);
    this.#context.audit({ ...this.#who(), act: 'sftp remove', object: absolute(path)! });
    return {};
  }

  async #rename(from: string, to: string): Promise<Reply> {
    const [old, next] = [await this.#place(from), await this.#place(to)];
    if (old.kind === 'nothing') throw missing();
    if (old.kind !== 'file') throw this.#denied(from, 'Only files in your own folders can be renamed.');
    if (next.kind !== 'file' || next.folder.sourceId !== old.folder.sourceId)
      throw this.#denied(to, 'A file can be renamed within its folder only.');
    await (await this.#context.dropboxOf(old.folder.sourceId)).rename(old.name, next.name, this.#who());
    return {};
  }

  async #mkdir(path: string): Promise<Reply> {
    const place = await this.#place(path);
    if (place.kind === 'above' || place.kind === 'folder' || place.kind === 'reports')
      throw failure('This folder exists already.');
    throw this.#denied(path, 'Folders cannot be made here. Put files into the folder itself.');
  }

  async #readlink(path: string): Promise<Reply> {
    await this.#stat(path);
    throw failure('This is no link.');
  }

  async #extended(name: string, data: Uint8Array): Promise<Reply> {
    const fields = new Fields(data);
    switch (name) {
      case 'posix-rename@openssh.com':
        return this.#rename(fields.text(), fields.text());
      case 'fsync@openssh.com':
        // A file is on the disk when its close is answered, whether a client asks for it or not.
        this.#handle(fields.bytes());
        return {};
      case 'limits@openssh.com':
        return {
          extended: Buffer.concat([packetLimitBytes, pieceLimitBytes, pieceLimitBytes, handlesLimit].map(uint64Bytes)),
        };
      default:
        throw unsupported();
    }
  }

  /** Closes whatever is open; uploads under way stay as cut-off files. */
  async end(): Promise<void> {
    const open = [...this.#handles.values()];
    this.#handles.clear();
    for (const handle of open) {
      try {
        if (handle.kind === 'write') await handle.box.abandon(handle.upload);
        if (handle.kind === 'read') await handle.file.close();
      } catch (error) {
        this.#context.log.error({ err: error }, 'sftp session');
      }
    }
  }

  async #openRead(place: Place, path: string): Promise<Handle> {
    if (place.kind === 'file') {
      const file = await (await this.#context.dropboxOf(place.folder.sourceId)).openRead(place.name);
      return this.#readHandle(file);
    }
    if (place.kind === 'report') return this.#readHandle(await openReport(place.folder.reportsDir, place.name));
    if (place.kind === 'outside') throw this.#denied(path, outsideSentence);
    throw failure('This is a folder.');
  }

  async #readHandle(file: FileHandle): Promise<Handle> {
    const { size, mtime } = await file.stat();
    return { kind: 'read', file, attrs: fileAttributes({ sizeBytes: size, modifiedAt: mtime }) };
  }

  async #entriesOf(place: Place & { kind: 'above' | 'folder' | 'reports' }): Promise<Entry[]> {
    const closed = folderAttributes(this.#openedAt, false);
    const entries = [entryOf('.', folderAttributes(this.#openedAt, place.kind === 'folder')), entryOf('..', closed)];
    if (place.kind === 'above') return [...entries, ...place.names.map((name) => entryOf(name, closed))];
    if (place.kind === 'reports') {
      const reports = await listReports(place.folder.reportsDir);
      return [...entries, ...reports.map((file) => entryOf(file.name, fileAttributes(file, true)))];
    }
    const files = await (await this.#context.dropboxOf(place.folder.sourceId)).list();
    if (!place.folder.isTest)
      entries.push(entryOf(reportsName, closed), entryOf(testName, folderAttributes(this.#openedAt, true)));
    return [...entries, ...files.map((file) => entryOf(file.name, fileAttributes(file)))];
  }

  async #withHandle(make: () => Promise<Handle>): Promise<Reply> {
    if (this.#handles.size + this.#opening >= handlesLimit) throw failure('Too many files are open. Close some first.');
    this.#opening++;
    try {
      const id = this.#nextHandle++;
      this.#handles.set(id, await make());
      const key = Buffer.alloc(4);
      key.writeUInt32BE(id);
      return { handle: key };
    } finally {
      this.#opening--;
    }
  }

  #handle(key: Uint8Array): Handle {
    const handle = this.#handles.get(idOf(key));
    if (!handle) throw failure('This file is not open.');
    return handle;
  }

  async #place(path: string): Promise<Place> {
    const found = absolute(path);
    return found === undefined ? { kind: 'outside' } : placeOf(found, await this.#context.folders());
  }

  #denied(path: string, sentence: string): Answer {
    const object = (absolute(path) ?? 'a path that cannot be read').slice(0, 300);
    this.#context.audit({ ...this.#who(), act: 'sftp denied', object });
    return denied(sentence);
  }

  #who(): Who {
    return { accountId: this.#context.accountId, address: this.#context.address };
  }
}

const outsideSentence = 'This is not one of your folders.';
const readOnlySentence = 'Reports can be read only.';

function idOf(key: Uint8Array): number {
  return key.length === 4 ? new Fields(key).uint32() : -1;
}

function dataOrEnd(data: Uint8Array): Reply {
  return data.length > 0 ? { data } : eof;
}
