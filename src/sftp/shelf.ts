/** What one folder holds: files that wait, on disk, and files that were received lately, which are only listed. */

import type { Following } from './deps.ts';
import type { Listed } from './listing.ts';
import { OpenUpload, type UploadOptions } from './open-upload.ts';
import { dataPath, loadStaged, type Note, newId, removeStaged, saveNote } from './staged.ts';

export type Who = { accountId: string; address: string };

export type Waiting = {
  id: string;
  note: Note;
  sizeBytes: number;
  changedAtMs: number;
  /** As the client set it; else the time of the last change. */
  modifiedAt: Date | undefined;
  upload: OpenUpload | undefined;
  /** What the house keeps of it already, although it is no delivery yet. */
  following?: Following | undefined;
};

/** A client renames what it has sent at once; for one that does not, files are not held open. */
const followingMs = 60_000;

type Received = Listed & { untilMs: number };

export class Shelf {
  #dir: string;
  #waiting = new Map<string, Waiting>();
  #received = new Map<string, Received>();

  private constructor(dir: string) {
    this.#dir = dir;
  }

  /** Opens the folder with what a former run of the program left waiting in it. */
  static async open(dir: string): Promise<Shelf> {
    const shelf = new Shelf(dir);
    for (const { id, note, sizeBytes, changedAtMs } of await loadStaged(dir)) {
      shelf.#waiting.set(note.name, { id, note, sizeBytes, changedAtMs, modifiedAt: undefined, upload: undefined });
    }
    return shelf;
  }

  get(name: string): Waiting | undefined {
    return this.#waiting.get(name);
  }

  waiting(): Waiting[] {
    return [...this.#waiting.values()];
  }

  /** Received lately; undefined once its time is over. */
  received(name: string): Received | undefined {
    const found = this.#received.get(name);
    return found && found.untilMs >= Date.now() ? found : undefined;
  }

  allReceived(): Received[] {
    const now = Date.now();
    for (const [name, { untilMs }] of this.#received) if (untilMs < now) this.#received.delete(name);
    return [...this.#received.values()];
  }

  writtenBy(upload: OpenUpload): Waiting | undefined {
    return this.waiting().find((entry) => entry.upload === upload);
  }

  pathOf(entry: Waiting): string {
    return dataPath(this.#dir, entry.id);
  }

  bytes(): number {
    return this.waiting().reduce((sum, entry) => sum + shown(entry).sizeBytes, 0);
  }

  /** A new, empty file that is open for writing. */
  async create(name: string, who: Who, options: UploadOptions): Promise<OpenUpload> {
    const id = newId();
    const note: Note = { name, whole: false, safeBytes: 0, openedAtMs: Date.now(), ...who };
    try {
      // Nothing of it is promised yet: after a loss of power the client begins anew.
      await saveNote(this.#dir, id, note, { durable: false });
      const upload = await OpenUpload.open(dataPath(this.#dir, id), 0, options);
      this.#received.delete(name);
      this.#waiting.set(name, { id, note, sizeBytes: 0, changedAtMs: Date.now(), modifiedAt: undefined, upload });
      return upload;
    } catch (error) {
      await removeStaged(this.#dir, id).catch(() => {});
      throw error;
    }
  }

  /** Opens a file that is there for going on with it; until it is closed it is not whole. */
  async reopen(entry: Waiting, who: Who, options: UploadOptions): Promise<OpenUpload> {
    this.keepFollowing(entry, undefined);
    await this.note(entry, { ...who, whole: false, safeBytes: entry.sizeBytes });
    entry.upload = await OpenUpload.open(this.pathOf(entry), entry.sizeBytes, options);
    entry.changedAtMs = Date.now();
    return entry.upload;
  }

  /** Keeps the part of a file that came before it was cut off. */
  async keepPart(entry: Waiting, sizeBytes: number): Promise<void> {
    entry.upload = undefined;
    entry.sizeBytes = sizeBytes;
    entry.changedAtMs = Date.now();
    await this.note(entry, { whole: false, safeBytes: sizeBytes });
  }

  /** Changes what is noted of a file; on disk when this resolves. */
  async note(entry: Waiting, change: Partial<Note>): Promise<void> {
    entry.note = { ...entry.note, ...change };
    await saveNote(this.#dir, entry.id, entry.note);
  }

  /** Gives a file another name, in place of what had it. */
  async rename(entry: Waiting, name: string): Promise<void> {
    const replaced = this.#waiting.get(name);
    if (replaced && replaced !== entry) await this.discard(replaced);
    this.#received.delete(name);
    this.#waiting.delete(entry.note.name);
    this.#waiting.set(name, entry);
    entry.note = { ...entry.note, name };
    entry.changedAtMs = Date.now();
  }

  async discard(entry: Waiting): Promise<void> {
    this.take(entry);
    this.keepFollowing(entry, undefined);
    await removeStaged(this.#dir, entry.id);
  }

  /** For the moment in which the file gets its name; what was kept before is given up. */
  keepFollowing(entry: Waiting, following: Following | undefined): void {
    if (entry.following !== following) entry.following?.giveUp();
    entry.following = following;
    if (!following) return;
    setTimeout(() => {
      if (entry.following === following) this.keepFollowing(entry, undefined);
    }, followingMs).unref();
  }

  /** Hands on what is kept of a file: whoever gets it finishes it or gives it up. */
  takeFollowing(entry: Waiting): Following | undefined {
    const { following } = entry;
    entry.following = undefined;
    return following;
  }

  /** Takes a file out of the folder; it stays on disk. */
  take(entry: Waiting): void {
    if (this.#waiting.get(entry.note.name) === entry) this.#waiting.delete(entry.note.name);
  }

  /** Puts a taken file back, but when a newer one of its name has come: that one counts. */
  async putBack(entry: Waiting): Promise<void> {
    this.keepFollowing(entry, undefined);
    if (this.#waiting.has(entry.note.name)) await removeStaged(this.#dir, entry.id);
    else this.#waiting.set(entry.note.name, entry);
  }

  /** Removes from disk what was taken. */
  async remove(entry: Waiting): Promise<void> {
    await removeStaged(this.#dir, entry.id);
  }

  remember(entry: Waiting, untilMs: number): void {
    this.#received.set(entry.note.name, { ...shown(entry), untilMs });
  }

  forget(name: string): boolean {
    return this.#received.delete(name);
  }

  /** The delivery stands, whatever the name in the list becomes. */
  renameReceived(from: string, to: string): boolean {
    const found = this.received(from);
    if (!found) return false;
    this.#received.delete(from);
    this.#received.set(to, { ...found, name: to });
    return true;
  }
}

export function shown({ note, sizeBytes, changedAtMs, modifiedAt, upload }: Waiting): Listed {
  const at = modifiedAt ?? new Date(changedAtMs);
  return { name: note.name, sizeBytes: upload?.sizeBytes ?? sizeBytes, modifiedAt: at };
}

export function whoOf({ note }: Waiting): Who {
  return { accountId: note.accountId, address: note.address };
}
