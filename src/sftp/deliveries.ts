/** The moment at which waiting files become a delivery: a zip when it is whole, loose files when they are quiet. */

import { failure } from './answers.ts';
import type { DropboxOptions } from './dropbox.ts';
import { type Due, due } from './due.ts';
import { extensionOf, nameKind } from './names.ts';
import { type Shelf, shown, type Waiting, whoOf } from './shelf.ts';

type InTurn = <T>(work: () => Promise<T>) => Promise<T>;
/** What is left to do out of turn, as it may take long. */
type Rest = () => Promise<void>;

const retryLimitMs = 600_000;

export class Deliveries {
  #options: DropboxOptions;
  #shelf: Shelf;
  #inTurn: InTurn;
  #timer: NodeJS.Timeout | undefined;
  #receiving = new Set<Promise<unknown>>();
  /** Loose files that come until then are of the set of a zip that was received, which wins. */
  #zipWinsUntilMs = 0;
  #toldCutOff = '';
  #failures = 0;
  #closed = false;

  constructor(options: DropboxOptions, shelf: Shelf, inTurn: InTurn) {
    this.#options = options;
    this.#shelf = shelf;
    this.#inTurn = inTurn;
  }

  /**
   * A file is whole and has its name (in turn).
   * @param oldName where a file goes back to when it cannot be received; without it, it is removed.
   */
  async completed(entry: Waiting, oldName?: string): Promise<Rest> {
    const kind = nameKind(entry.note.name);
    if (kind === 'delivery' && entry.sizeBytes > 0) {
      this.#shelf.take(entry);
      return () => this.#deliverNow(entry, oldName);
    }
    if (kind !== 'temporary' && entry.changedAtMs < this.#zipWinsUntilMs) {
      this.#zipWinsUntilMs = entry.changedAtMs + this.#options.quietMs;
      await this.#setAside([entry]);
      return async () => {};
    }
    await this.#shelf.note(entry, { whole: true, safeBytes: entry.sizeBytes });
    this.look();
    return async () => {};
  }

  /** Delivers what has become quiet, and sets the clock for what has not. */
  look(pauseMs = 0): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const now = Date.now();
    const found = this.#due();
    this.#tellCutOff(found.cutOff);
    const ready = found.set.length > 0 || found.alone.length > 0;
    if (ready && pauseMs === 0) {
      this.#deliverQuiet().catch((error) => this.#options.log.error({ err: error }, 'sftp folder'));
    } else if (ready || found.lookAtMs !== undefined) {
      const waitMs = ready ? pauseMs : found.lookAtMs! - now;
      this.#timer = setTimeout(() => this.look(), Math.min(Math.max(waitMs, 1), retryLimitMs));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await Promise.allSettled(this.#receiving);
  }

  /** The entry is out of the folder here, so that nobody else can reach it. */
  async #deliverNow(entry: Waiting, oldName: string | undefined): Promise<void> {
    try {
      await this.#receive([entry]);
    } catch (error) {
      await this.#inTurn(async () => {
        if (oldName === undefined) return this.#shelf.remove(entry);
        entry.note = { ...entry.note, name: oldName, whole: true };
        await this.#shelf.putBack(entry);
      });
      throw error;
    }
    if (!/\.zip$/i.test(entry.note.name)) return;
    await this.#inTurn(async () => {
      this.#zipWinsUntilMs = Date.now() + this.#options.quietMs;
      await this.#setAside(
        this.#shelf
          .waiting()
          .filter(({ note, upload }) => note.whole && !upload && nameKind(note.name) !== 'temporary'),
      );
      this.look();
    });
  }

  async #deliverQuiet(): Promise<void> {
    const groups = await this.#inTurn(async () => {
      const found = this.#due();
      const names = [found.set, ...found.alone.map((name) => [name])].filter((group) => group.length > 0);
      const taken = names.map((group) => group.map((name) => this.#shelf.get(name)!));
      for (const entry of taken.flat()) this.#shelf.take(entry);
      return taken;
    });
    for (const group of groups) {
      try {
        if (this.#closed) throw failure('The server is being stopped.');
        await this.#receive(group);
        this.#failures = 0;
      } catch (error) {
        // Nothing is lost: what cannot be received now goes back into the folder, and is tried again later.
        this.#failures++;
        if (!this.#closed)
          this.#options.log.error({ err: error, sourceId: this.#options.sourceId }, 'sftp set not received');
        await this.#inTurn(async () => {
          for (const entry of group) await this.#shelf.putBack(entry);
        });
      }
    }
    this.look(
      this.#failures === 0 ? 0 : Math.min(retryLimitMs, this.#options.quietMs * 2 ** Math.min(this.#failures, 10)),
    );
  }

  /** Hands files over as one delivery; when this resolves they are only listed any more. */
  async #receive(entries: Waiting[]): Promise<void> {
    const { sourceId, lingerMs, log, receive } = this.#options;
    const files = entries.map((entry) => ({
      name: entry.note.name,
      path: this.#shelf.pathOf(entry),
      sizeBytes: entry.sizeBytes,
      following: this.#shelf.takeFollowing(entry),
    }));
    const name = files.length === 1 ? files[0]!.name : 'loose files';
    for (const entry of entries) this.#shelf.remember(entry, Number.POSITIVE_INFINITY);
    const work = Promise.resolve(receive({ sourceId, name, files, ...whoOf(entries.at(-1)!) }));
    this.#receiving.add(work);
    try {
      await work;
    } catch (error) {
      for (const entry of entries) this.#shelf.forget(entry.note.name);
      for (const { following } of files) following?.giveUp();
      throw error;
    } finally {
      this.#receiving.delete(work);
    }
    for (const entry of entries) {
      const listed = this.#shelf.received(entry.note.name);
      if (listed) listed.untilMs = Date.now() + lingerMs;
      await this.#shelf.remove(entry);
    }
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    log.info({ sourceId, files: files.length, extension: extensionOf(files[0]!.name), sizeBytes }, 'sftp delivery');
  }

  /** Loose files beside a zip are not delivered; the audit log says so. */
  async #setAside(entries: Waiting[]): Promise<void> {
    const first = entries[0];
    if (!first) return;
    for (const entry of entries) {
      await this.#shelf.discard(entry);
      this.#shelf.remember(entry, Date.now() + this.#options.lingerMs);
    }
    this.#options.audit({
      ...whoOf(first),
      act: 'sftp set aside',
      object: this.#options.sourceId,
      detail: { files: entries.length, reason: 'a zip of the same set was received' },
    });
  }

  #due(): Due {
    const facts = this.#shelf.waiting().map((entry) => ({
      name: entry.note.name,
      whole: entry.note.whole,
      open: entry.upload !== undefined,
      sizeBytes: shown(entry).sizeBytes,
      openedAtMs: entry.note.openedAtMs,
      changedAtMs: entry.changedAtMs,
    }));
    return due(facts, Date.now(), this.#options.quietMs);
  }

  #tellCutOff(names: string[]): void {
    const key = names.join('\n');
    if (key === this.#toldCutOff) return;
    this.#toldCutOff = key;
    const entry = this.#shelf.get(names[0] ?? '');
    if (!entry) return;
    const detail = { files: names.length, reason: 'the set waits for files whose upload was cut off' };
    this.#options.audit({ ...whoOf(entry), act: 'sftp upload cut off', object: this.#options.sourceId, detail });
  }
}
