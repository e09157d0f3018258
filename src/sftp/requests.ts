/** What each request of SFTP version 3 does within the tree that one person sees. */

import type { FileHandle } from 'node:fs/promises';
import type { Attributes, FileEntry } from 'ssh2';
import type { Log } from '../log.ts';
import { type Answer, denied, failure, missing, status, unsupported } from './answers.ts';
import type { AuditEntry, Folder } from './deps.ts';
import type { Dropbox } from './dropbox.ts';
import { entryOf, fileAttributes, folderAttributes } from './listing.ts';
import type { OpenUpload } from './open-upload.ts';
import { absolute, type Place, placeOf, reportsName } from './paths.ts';
import { findReport, listReports, openReport } from './reports.ts';
import type { Who } from './shelf.ts';

export type RequestContext = Who & {
  folders(): Promise<Folder[]>;
  dropboxOf(sourceId: string): Promise<Dropbox>;
  /** Told of everything that is denied. */
  audit(entry: AuditEntry): void;
  log: Log;
};

/** No field means success. */
export type Reply = { handle?: Buffer; attrs?: Attributes; names?: FileEntry[]; data?: Uint8Array; answer?: Answer };

type Handle =
  | { kind: 'write'; upload: OpenUpload; box: Dropbox; name: string }
  | { kind: 'read'; file: FileHandle; attrs: Attributes }
  | { kind: 'list'; entries: FileEntry[] };

const flag = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 };
const handlesLimit = 64;
const readLimitBytes = 65_536;
const namesPerAnswer = 100;
const eof: Reply = { answer: { status: status.eof, message: 'End of file' } as Answer };

export class Requests {
  #context: RequestContext;
  #handles = new Map<number, Handle>();
  #nextHandle = 1;
  #opening = 0;
  #openedAt = new Date();

  constructor(context: RequestContext) {
    this.#context = context;
  }

  writing(): boolean {
    return [...this.#handles.values()].some((handle) => handle.kind === 'write');
  }

  async open(path: unknown, flags: number): Promise<Reply> {
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

  async close(key: Buffer): Promise<Reply> {
    const id = idOf(key);
    const handle = this.#handles.get(id);
    if (!handle) throw failure('This file is not open.');
    this.#handles.delete(id);
    if (handle.kind === 'write') await handle.box.finish(handle.upload);
    if (handle.kind === 'read') await handle.file.close();
    return {};
  }

  async read(key: Buffer, offset: number, length: number): Promise<Reply> {
    const handle = this.#handle(key);
    if (handle.kind === 'list') throw failure('This is a folder.');
    if (!Number.isSafeInteger(offset)) return eof;
    const lengthBytes = Math.min(length, readLimitBytes);
    if (handle.kind === 'write') return dataOrEnd(await handle.upload.read(offset, lengthBytes));
    const { buffer, bytesRead } = await handle.file.read(Buffer.allocUnsafe(lengthBytes), 0, lengthBytes, offset);
    return dataOrEnd(buffer.subarray(0, bytesRead));
  }

  async write(key: Buffer, offset: number, data: Uint8Array): Promise<Reply> {
    const handle = this.#handle(key);
    if (handle.kind !== 'write') throw failure('This file is not open for writing.');
    await handle.upload.write(offset, data);
    return {};
  }

  async stat(path: unknown): Promise<Reply> {
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

  async fstat(key: Buffer): Promise<Reply> {
    const handle = this.#handle(key);
    if (handle.kind === 'list') return { attrs: folderAttributes(this.#openedAt, true) };
    if (handle.kind === 'read') return { attrs: handle.attrs };
    return { attrs: fileAttributes({ sizeBytes: handle.upload.sizeBytes, modifiedAt: new Date() }) };
  }

  /** Modes and owners are accepted and ignored; a time is kept, since clients compare it later. */
  async setstat(path: unknown, attrs: Attributes): Promise<Reply> {
    await this.stat(path);
    const place = await this.#place(path);
    if (place.kind === 'report') throw this.#denied(path, readOnlySentence);
    if (place.kind === 'file' && typeof attrs.mtime === 'number')
      (await this.#context.dropboxOf(place.folder.sourceId)).touch(place.name, new Date(attrs.mtime * 1000));
    return {};
  }

  async fsetstat(key: Buffer, attrs: Attributes): Promise<Reply> {
    const handle = this.#handle(key);
    if (handle.kind !== 'write') return {};
    if (typeof attrs.size === 'number') await handle.upload.cut(attrs.size);
    if (typeof attrs.mtime === 'number') handle.box.touch(handle.name, new Date(attrs.mtime * 1000));
    return {};
  }

  async opendir(path: unknown): Promise<Reply> {
    const place = await this.#place(path);
    if (place.kind === 'outside') throw this.#denied(path, outsideSentence);
    if (place.kind === 'nothing') throw missing();
    if (place.kind === 'file' || place.kind === 'report') {
      await this.stat(path);
      throw failure('This is a file.');
    }
    return this.#withHandle(async () => ({ kind: 'list', entries: await this.#entriesOf(place) }));
  }

  async readdir(key: Buffer): Promise<Reply> {
    const handle = this.#handle(key);
    if (handle.kind !== 'list') throw failure('This is a file.');
    const names = handle.entries.splice(0, namesPerAnswer);
    return names.length > 0 ? { names } : eof;
  }

  async realpath(path: unknown): Promise<Reply> {
    const found = absolute(path);
    if (found === undefined) throw failure('This path cannot be read.');
    return { names: [entryOf(found, folderAttributes(this.#openedAt, false))] };
  }

  async remove(path: unknown): Promise<Reply> {
    const place = await this.#place(path);
    if (place.kind === 'nothing') throw missing();
    if (place.kind !== 'file') throw this.#denied(path, 'Only files in your own folders can be removed.');
    await (await this.#context.dropboxOf(place.folder.sourceId)).remove(place.name);
    this.#context.audit({ ...this.#who(), act: 'sftp remove', object: absolute(path)! });
    return {};
  }

  async rename(from: unknown, to: unknown): Promise<Reply> {
    const [old, next] = [await this.#place(from), await this.#place(to)];
    if (old.kind === 'nothing') throw missing();
    if (old.kind !== 'file') throw this.#denied(from, 'Only files in your own folders can be renamed.');
    if (next.kind !== 'file' || next.folder.sourceId !== old.folder.sourceId)
      throw this.#denied(to, 'A file can be renamed within its folder only.');
    await (await this.#context.dropboxOf(old.folder.sourceId)).rename(old.name, next.name, this.#who());
    return {};
  }

  async mkdir(path: unknown): Promise<Reply> {
    const place = await this.#place(path);
    if (place.kind === 'above' || place.kind === 'folder' || place.kind === 'reports')
      throw failure('This folder exists already.');
    throw this.#denied(path, 'Folders cannot be made here. Put files into the folder itself.');
  }

  async readlink(path: unknown): Promise<Reply> {
    await this.stat(path);
    throw failure('This is no link.');
  }

  async refuse(path: unknown, sentence: string): Promise<never> {
    throw this.#denied(path, sentence);
  }

  async extended(name: string, data: Buffer | undefined): Promise<Reply> {
    const strings = stringsOf(data);
    if (name === 'posix-rename@openssh.com' && strings.length === 2)
      return this.rename(strings[0]!.toString(), strings[1]!.toString());
    if (name === 'fsync@openssh.com' && strings.length === 1) {
      this.#handle(strings[0]!);
      return {};
    }
    throw unsupported();
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

  async #openRead(place: Place, path: unknown): Promise<Handle> {
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

  async #entriesOf(place: Place & { kind: 'above' | 'folder' | 'reports' }): Promise<FileEntry[]> {
    const closed = folderAttributes(this.#openedAt, false);
    const entries = [entryOf('.', folderAttributes(this.#openedAt, place.kind === 'folder')), entryOf('..', closed)];
    if (place.kind === 'above') return [...entries, ...place.names.map((name) => entryOf(name, closed))];
    if (place.kind === 'reports') {
      const reports = await listReports(place.folder.reportsDir);
      return [...entries, ...reports.map((file) => entryOf(file.name, fileAttributes(file, true)))];
    }
    const files = await (await this.#context.dropboxOf(place.folder.sourceId)).list();
    entries.push(entryOf(reportsName, closed));
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

  #handle(key: Buffer): Handle {
    const handle = this.#handles.get(idOf(key));
    if (!handle) throw failure('This file is not open.');
    return handle;
  }

  async #place(path: unknown): Promise<Place> {
    const found = absolute(path);
    return found === undefined ? { kind: 'outside' } : placeOf(found, await this.#context.folders());
  }

  #denied(path: unknown, sentence: string): Answer {
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

function idOf(key: Buffer): number {
  return key.length === 4 ? key.readUInt32BE() : 0;
}

function dataOrEnd(data: Uint8Array): Reply {
  return data.length > 0 ? { data } : eof;
}

/** The strings of an extended request; empty when it is malformed. */
function stringsOf(data: Buffer | undefined): Buffer[] {
  const strings: Buffer[] = [];
  for (let at = 0; data && at < data.length; ) {
    if (at + 4 > data.length) return [];
    const end = at + 4 + data.readUInt32BE(at);
    if (end > data.length) return [];
    strings.push(data.subarray(at + 4, end));
    at = end;
  }
  return strings;
}
