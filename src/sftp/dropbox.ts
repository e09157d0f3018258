/** The folder of one source as clients use it: put, resume, rename, remove, list. */

import { type FileHandle, open } from 'node:fs/promises';
import type { Log } from '../log.ts';
import { failure, missing } from './answers.ts';
import { Deliveries } from './deliveries.ts';
import type { AuditEntry, Following, ReceivedFile, SftpLimits, Upload } from './deps.ts';
import type { Listed } from './listing.ts';
import { isUsable, nameKind } from './names.ts';
import type { OpenUpload, UploadOptions } from './open-upload.ts';
import { Shelf, shown, type Waiting, type Who } from './shelf.ts';

export type DropboxOptions = {
  sourceId: string;
  /** Folder on disk of this source alone. */
  dir: string;
  limits: SftpLimits;
  quietMs: number;
  lingerMs: number;
  log: Log;
  receive(upload: Upload): Promise<unknown>;
  /** Begins to keep a file that is being sent. */
  follow: ((path: string) => Following) | undefined;
  unprocessedOf(sourceId: string): Promise<ReceivedFile[]>;
  audit(entry: AuditEntry): void;
};

export type WriteMode = { truncate: boolean; create: boolean; exclusive: boolean; append: boolean };

/** Cut-off and never renamed files are removed after a week. */
const keepMs = 7 * 86_400_000;

export class Dropbox {
  #options: DropboxOptions;
  #shelf: Shelf;
  #deliveries: Deliveries;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;
  /** Uploads under the name of a received file that did not ask for an empty one: scp sends all of it, lftp may resume. */
  #over = new WeakSet<OpenUpload>();

  private constructor(options: DropboxOptions, shelf: Shelf) {
    this.#options = options;
    this.#shelf = shelf;
    this.#deliveries = new Deliveries(options, shelf, (work) => this.#inTurn(work));
  }

  static async open(options: DropboxOptions): Promise<Dropbox> {
    const box = new Dropbox(options, await Shelf.open(options.dir));
    await box.sweep();
    box.#deliveries.look();
    return box;
  }

  async list(): Promise<Listed[]> {
    const listed = new Map<string, Listed>();
    for (const { name, sizeBytes, receivedAt } of await this.#options.unprocessedOf(this.#options.sourceId)) {
      listed.set(name, { name, sizeBytes, modifiedAt: receivedAt });
    }
    for (const file of this.#shelf.allReceived()) listed.set(file.name, file);
    for (const entry of this.#shelf.waiting()) listed.set(entry.note.name, shown(entry));
    return [...listed.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async find(name: string): Promise<Listed | undefined> {
    const entry = this.#shelf.get(name);
    if (entry) return shown(entry);
    return this.#shelf.received(name) ?? (await this.list()).find((file) => file.name === name);
  }

  /** @throws Answer */
  openWrite(name: string, mode: WriteMode, who: Who): Promise<OpenUpload> {
    return this.#inTurn(async () => {
      if (this.#closed) throw failure('The server is being stopped. Send the file again in a minute.');
      if (!isUsable(name)) throw failure('A file cannot have this name here.');
      const old = this.#shelf.get(name);
      const listed = old ?? this.#shelf.received(name);
      if (mode.exclusive && listed) throw failure('There is a file of this name already.');
      if (!old && !mode.create) throw listed ? receivedAlready() : missing();
      const isOver = !old && !mode.truncate && (await this.find(name)) !== undefined;
      if (isOver && mode.append) throw receivedAlready();
      if (old?.upload) await this.#takeOver(old, old.upload);
      if (old && !mode.truncate) return this.#shelf.reopen(old, who, this.#optionsOf(name, mode));
      if (old) await this.#shelf.discard(old);
      const count = this.#shelf.waiting().length;
      if (count >= this.#options.limits.folderFiles)
        throw failure(`There are ${count} files waiting in this folder. Remove some of them first.`);
      const upload = await this.#shelf.create(name, who, this.#optionsOf(name, mode));
      if (isOver) this.#over.add(upload);
      return upload;
    });
  }

  /** @throws Answer */
  async openRead(name: string): Promise<FileHandle> {
    const entry = this.#shelf.get(name);
    if (!entry) throw (await this.find(name)) ? receivedAlready() : missing();
    return open(this.#shelf.pathOf(entry), 'r');
  }

  /** Ends a write that the client says is complete. A delivery is durable when this resolves. @throws Answer */
  async finish(upload: OpenUpload): Promise<void> {
    let broken: unknown;
    // A delivery is made durable by whoever receives it, before its sender hears anything: once is enough.
    const isReceivedAtOnce = nameKind(this.#shelf.writtenBy(upload)?.note.name ?? '') === 'delivery';
    await upload.finish(!isReceivedAtOnce).catch((error) => {
      broken = error;
    });
    // A client that resumes saw the size of what is listed, and had nothing to add to it.
    if (upload.sizeBytes === 0 && this.#over.has(upload)) broken ??= receivedAlready();
    const deliver = await this.#inTurn(async () => {
      const entry = this.#shelf.writtenBy(upload);
      if (!entry) throw broken ?? failure('This file was replaced or removed while it was sent.');
      entry.upload = undefined;
      entry.sizeBytes = upload.sizeBytes;
      entry.changedAtMs = Date.now();
      this.#shelf.keepFollowing(entry, upload.following);
      if (!broken) return this.#deliveries.completed(entry);
      await this.#shelf.discard(entry);
      this.#deliveries.look();
      throw broken;
    });
    await deliver();
  }

  /** Ends a write whose client is gone: what came stays, can be resumed, and is never delivered. */
  async abandon(upload: OpenUpload): Promise<void> {
    const spoilt = upload.failure !== undefined;
    const keptBytes = await upload.abandon();
    await this.#inTurn(async () => {
      const entry = this.#shelf.writtenBy(upload);
      if (!entry) return;
      if (spoilt || keptBytes === 0) await this.#shelf.discard(entry);
      else await this.#shelf.keepPart(entry, keptBytes);
      this.#deliveries.look();
    });
  }

  /** @throws Answer */
  async rename(from: string, to: string, who: Who): Promise<void> {
    // A client may send the rename without waiting for the answer to its close.
    await this.#shelf.get(from)?.upload?.closing;
    const deliver = await this.#inTurn(async () => {
      if (!isUsable(to)) throw failure('A file cannot have this name here.');
      const entry = this.#shelf.get(from);
      if (!entry) {
        if (this.#shelf.renameReceived(from, to)) return async () => {};
        throw (await this.find(from)) ? receivedAlready() : missing();
      }
      if (entry.upload) throw failure('This file is still being sent.');
      if (!entry.note.whole && nameKind(to) !== 'temporary')
        throw failure('This upload was cut off. Resume it, or send it again, before it gets its name.');
      await this.#shelf.rename(entry, to);
      entry.note = { ...entry.note, ...who };
      if (entry.note.whole) return this.#deliveries.completed(entry, from);
      await this.#shelf.note(entry, {});
      return async () => {};
    });
    await deliver();
  }

  /** @throws Answer */
  remove(name: string): Promise<void> {
    return this.#inTurn(async () => {
      const entry = this.#shelf.get(name);
      if (entry) {
        entry.upload?.fail(failure('This file was removed.'));
        await this.#shelf.discard(entry);
        this.#deliveries.look();
      } else if (!this.#shelf.forget(name)) {
        throw (await this.find(name)) ? receivedAlready() : missing();
      }
    });
  }

  /** Shows the time that a client gave to its file, so that it knows the file again. */
  touch(name: string, modifiedAt: Date): void {
    const found = this.#shelf.get(name) ?? this.#shelf.received(name);
    if (found) found.modifiedAt = modifiedAt;
  }

  /** Removes what was cut off, or never got its name, a week ago. */
  sweep(): Promise<void> {
    return this.#inTurn(async () => {
      for (const entry of this.#shelf.waiting()) {
        const unfinished = !entry.note.whole || nameKind(entry.note.name) === 'temporary';
        if (unfinished && !entry.upload && Date.now() - entry.changedAtMs > keepMs) await this.#shelf.discard(entry);
      }
    });
  }

  /** Takes no more files and waits for what is being received; what waits stays on disk for the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#deliveries.close();
    await this.#turn;
  }

  /** One change of the folder at a time; writes and `receive` are not in turn, as they may take long. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #optionsOf(name: string, { append }: WriteMode): UploadOptions {
    const { fileBytes, folderBytes } = this.#options.limits;
    // Asked for while the file grows: others grow beside it.
    const room = () => {
      const own = this.#shelf.get(name);
      return folderBytes - this.#shelf.bytes() + (own ? shown(own).sizeBytes : 0);
    };
    const { follow } = this.#options;
    const kind = nameKind(name);
    const isFollowed = follow !== undefined && (kind === 'delivery' || kind === 'temporary');
    return { limitBytes: fileBytes, room, append, follow: isFollowed ? follow : undefined };
  }

  /** A client that lost its connection comes back before the server knows: the new one goes on, the old one fails. */
  async #takeOver(entry: Waiting, upload: OpenUpload): Promise<void> {
    if (upload.closing) throw failure('This file is just being received.');
    upload.fail(failure('This file is being sent anew by another connection.'));
    await this.#shelf.keepPart(entry, await upload.abandon());
  }
}

const receivedAlready = () => failure('This file was received already. Send it again from its start.');
