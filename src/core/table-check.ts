/** Checks the rows of one file: its ids, its mode, its cells and its references; hands on what is taken. */

import { isIdText, judgeDateTime } from './bytes.ts';
import { CellCheck } from './cells.ts';
import type { Where } from './finding.ts';
import type { Known, RowVisitor, TableSource } from './formats/format.ts';
import { DELETED, EXT_TYPE, type IdSet, KNOWN, LEFT_OUT, LIVE, OF_TYPE } from './id-set.ts';
import { inLoops } from './loops.ts';
import type { Neighbourhood } from './neighbours.ts';
import { decode, type Row, type Sink, type TableCount } from './record.ts';
import { ReferenceCheck } from './references.ts';
import { RowStore } from './row-store.ts';
import { show } from './show.ts';
import type { Observer } from './structure/observer.ts';
import type { Scene } from './structure/scene.ts';
import { fieldNames, fileOf, type Kind } from './tables.ts';
import type { Tally } from './tally.ts';
import { thousands } from './words.ts';

export type TableContext = {
  scene: Scene;
  observer: Required<Observer>;
  sink: Sink | undefined;
  now: string | undefined;
  neighbours: Neighbourhood | undefined;
  /** Called between pieces of the file. */
  progress: () => void;
};

const STATUS = 1;
const MODIFIED = 2;
const ACTIVE = 1;
const TOBEDELETED = 2;
const BLANK = 0;
const ROWS_BETWEEN_DRAINS = 4096;

export class TableCheck implements RowVisitor {
  readonly count: TableCount;
  #kind: Kind;
  #context: TableContext;
  #tally: Tally;
  #ids: IdSet;
  #cells: CellCheck;
  #references: ReferenceCheck;
  #observer: Required<Observer>;
  #aside: RowStore | undefined;
  /** Rows that are left out, and point ahead. */
  #lost: RowStore | undefined;
  /** Small tables with parents wait until all parents are known; others only where they point ahead. */
  #allAside: boolean;
  #typeAt: number;
  #file: string;
  #isDelta: boolean;
  #present: boolean[] = [];
  #filledModes = 0;
  #blankModes = 0;
  #sawDeleted = false;

  constructor(source: TableSource, context: TableContext) {
    const { kind } = source;
    this.#kind = kind;
    this.#context = context;
    const { version, directory, tally } = context.scene;
    this.#tally = tally;
    this.#file = fileOf(kind);
    this.#ids = directory.ids(kind);
    this.#cells = new CellCheck(kind, version, tally);
    this.#references = new ReferenceCheck(kind, version, directory, tally);
    this.#observer = context.observer;
    this.#isDelta = source.mode === 'delta';
    this.#allAside = kind === 'orgs' || kind === 'academicSessions';
    if (this.#references.refersToItself) this.#aside = new RowStore(kind);
    this.#typeAt = kind === 'orgs' || kind === 'academicSessions' ? fieldNames(kind).indexOf('type') : -1;
    this.count = { kind, file: source.file, mode: source.mode, rows: 0, leftOut: 0, unidentified: 0 };
  }

  columns(present: boolean[]): void {
    this.#present = present;
    this.#cells.columns(present);
  }

  expect(rows: number, idBytes: number): void {
    this.#ids.reserve(rows, idBytes);
  }

  known(): Known {
    return {
      hashes: this.#context.sink !== undefined,
      seed: this.#ids.seed,
      references: this.#references.views(),
      texts: this.#observer.texts,
    };
  }

  upcoming(hashes: Int32Array, count: number): void {
    this.#ids.touch(hashes, count);
  }

  row(row: Row): void {
    this.count.rows++;
    const badId = row.plain ? false : this.#cells.checkId(row);
    const index = badId ? this.#badId(row) : this.#addId(row);
    const badMode = this.#mode(row, index);
    const deleted = index >= 0 && ((this.#ids.flags[index] as number) & DELETED) !== 0;
    const badCells = deleted || row.plain ? false : this.#cells.check(row);
    const badKeys = index >= 0 && this.#context.neighbours?.judge(row, deleted);
    const isLost = badId || index < 0;
    if (isLost || badMode || badCells || badKeys || (!deleted && this.#observer.see(row, index))) {
      if (isLost) this.#miss(row, false);
      else this.#leaveOut(row, index, false);
      // What else is wrong with it, so that one delivery is enough to learn of it all.
      if (!deleted) this.#inspect(row, index);
    } else if (!deleted && this.#waits(row)) this.#aside?.push(row);
    else this.#finishRow(row, index, deleted);
  }

  broken(buffer: Uint8Array, start: number, end: number, line: number): void {
    this.count.rows++;
    this.count.leftOut++;
    this.#context.scene.lost.own++;
    if (start === end || !isIdText(buffer, start, end)) {
      this.count.unidentified++;
      return;
    }
    const index = this.#ids.add(buffer, start, end, line, LEFT_OUT);
    if (index >= 0) this.#context.sink?.leftOut(this.#kind, decode(buffer, start, end));
  }

  drain(): void | Promise<void> {
    this.#context.progress();
    return this.#context.sink?.drain();
  }

  /** All ids of the file are known: judges the rows that waited for them. */
  async finish(): Promise<void> {
    const aside = this.#aside;
    this.#aside = undefined;
    for (const row of this.#lost?.rows() ?? []) this.#references.inspect(row, this.#indexOf(row));
    if (aside) {
      const cut = this.#allAside ? this.#judgeAside(aside) : new Set<number>();
      let since = 0;
      for (const row of aside.rows()) {
        const index = this.#indexOf(row);
        if (this.#allAside && (this.#ids.flags[index] as number) & LEFT_OUT) continue;
        if (cut.has(index)) row.end[this.#parentAt] = row.start[this.#parentAt] as number;
        this.#finishRow(row, index, false);
        if (++since % ROWS_BETWEEN_DRAINS === 0) await this.drain();
      }
    }
    await this.drain();
    this.#sayUnidentified();
    this.#judgeModes();
    this.#observer.finish();
  }

  #waits(row: Row): boolean {
    return this.#aside !== undefined && (this.#allAside || this.#references.pointsAhead(row));
  }

  #inspect(row: Row, index: number): void {
    if (this.#waits(row)) {
      this.#lost ??= new RowStore(this.#kind);
      this.#lost.push(row);
    } else this.#references.inspect(row, index < 0 ? this.#indexOf(row) : index);
  }

  #finishRow(row: Row, index: number, deleted: boolean): void {
    if (!deleted) {
      const references = this.#references;
      if (references.check(row, index)) return this.#leaveOut(row, index, references.follows);
      if (!this.#allAside && this.#observer.judge(row, index, references)) return this.#leaveOut(row, index, false);
    }
    const { sink, neighbours } = this.#context;
    const former = deleted ? undefined : neighbours?.takes(row);
    if (former !== undefined) {
      neighbours?.sayTaken(row, former);
      sink?.takeOver?.(this.#kind, row.text(0), former);
    }
    sink?.row(row);
  }

  /** `follows`: the row has no fault of its own. */
  #leaveOut(row: Row, index: number, follows: boolean): void {
    this.#miss(row, follows);
    this.#ids.flags[index] = (this.#ids.flags[index] as number) | LEFT_OUT;
    this.#context.sink?.leftOut(this.#kind, row.text(0));
  }

  #miss(row: Row, follows: boolean): void {
    this.count.leftOut++;
    this.#context.scene.lost[follows ? 'follow' : 'own']++;
    this.#observer.missed(row);
  }

  #badId(row: Row): number {
    const from = row.start[0] as number;
    const to = row.end[0] as number;
    const blank = from === to;
    this.count.unidentified++;
    if (!blank) this.#ids.add(row.buffer, from, to, row.line, LEFT_OUT);
    return -1;
  }

  /** Index of the row's id, or -1 when an earlier row has it. */
  #addId(row: Row): number {
    const from = row.start[0] as number;
    const to = row.end[0] as number;
    const ids = this.#ids;
    const flags = this.#typeFlags(row);
    const index = row.plain
      ? ids.addHashed(row.idHash, row.buffer, from, to, row.line, flags)
      : ids.add(row.buffer, from, to, row.line, flags);
    if (index >= 0) {
      if (ids.variant >= 0) this.#caseCollision(row, ids.variant);
      return index;
    }
    const first = -1 - index;
    if ((ids.flags[first] as number) & KNOWN) {
      ids.flags[first] = flags | LIVE;
      ids.lines[first] = row.line;
      return first;
    }
    const id = show(row.text(0));
    const line = ids.lines[first] as number;
    this.#say('sourced-id-duplicate', row, 0, { key: id, message: `sourcedId "${id}" stands on line ${line} already` });
    return -1;
  }

  #typeFlags(row: Row): number {
    if (this.#typeAt < 0) return 0;
    const type = row.text(this.#typeAt);
    if (type.startsWith('ext:')) return EXT_TYPE;
    return type === 'school' || type === 'schoolYear' ? OF_TYPE : 0;
  }

  #caseCollision(row: Row, other: number): void {
    const bytes = this.#ids.bytesOf(other);
    const text = decode(bytes, 0, bytes.length);
    this.#say('sourced-id-case-collision', row, 0, {
      message: `sourcedId "${show(row.text(0))}" differs from "${show(text)}" (line ${this.#ids.lines[other]}) by case alone`,
    });
  }

  /** status and dateLastModified: blank in bulk, filled in delta. True when they cost the record. */
  #mode(row: Row, index: number): boolean {
    const hasStatus = row.start[STATUS] !== row.end[STATUS];
    const hasModified = row.start[MODIFIED] !== row.end[MODIFIED];
    if (!hasStatus && !hasModified && !this.#isDelta) {
      this.#blankModes++;
      return false;
    }
    const status = hasStatus ? row.text(STATUS) : '';
    const [verdict, faulty] = this.#status(row, status);
    if (hasStatus && hasModified) this.#filledModes++;
    else if (!hasStatus && !hasModified) this.#blankModes++;
    if (verdict === TOBEDELETED) this.#sawDeleted = true;
    if (this.#isDelta) {
      if (verdict === TOBEDELETED && index >= 0) this.#ids.flags[index] = (this.#ids.flags[index] as number) | DELETED;
      return this.#modified(row, hasModified) || faulty;
    }
    return this.#bulkMode(row, status, verdict, hasStatus, hasModified) || faulty;
  }

  #status(row: Row, status: string): [number, boolean] {
    if (status === '') {
      if (!this.#isDelta || this.#present[STATUS] === false) return [BLANK, this.#isDelta];
      this.#say('delta-status-missing', row, STATUS, { message: 'status is blank in a delta file' });
      return [BLANK, true];
    }
    if (status === 'active') return [ACTIVE, false];
    if (status === 'tobedeleted') return [TOBEDELETED, false];
    if (status === 'inactive') {
      this.#say('status-inactive-legacy', row, STATUS, { message: 'status is "inactive", a word of OneRoster 1.0' });
      return [TOBEDELETED, !this.#tally.repairs('status-inactive-legacy')];
    }
    this.#say('status-invalid', row, STATUS, { message: `status is "${show(status)}", not active or tobedeleted` });
    return [BLANK, true];
  }

  #bulkMode(row: Row, status: string, verdict: number, hasStatus: boolean, hasModified: boolean): boolean {
    let faulty = false;
    if (verdict === TOBEDELETED) {
      // Of the word inactive, all is said, unless the profile reads it as tobedeleted.
      if (status === 'tobedeleted' || this.#tally.repairs('status-inactive-legacy'))
        this.#say('bulk-tobedeleted-row', row, STATUS, { message: `status is "${status}" in a bulk file` });
      faulty = true;
    } else if (hasStatus && verdict === ACTIVE) {
      this.#say('bulk-status-present', row, STATUS, { message: 'status is filled in a bulk file' });
      faulty = this.#tally.costs('bulk-status-present');
    }
    if (hasModified) {
      this.#say('bulk-date-last-modified-present', row, MODIFIED, {
        message: 'dateLastModified is filled in a bulk file',
      });
      faulty = this.#tally.costs('bulk-date-last-modified-present') || faulty;
    }
    return faulty;
  }

  #modified(row: Row, hasModified: boolean): boolean {
    if (!hasModified) {
      if (this.#present[MODIFIED] !== false)
        this.#say('delta-date-last-modified-missing', row, MODIFIED, {
          message: 'dateLastModified is blank in a delta file',
        });
      return true;
    }
    const text = row.text(MODIFIED);
    const verdict = judgeDateTime(text);
    if (verdict === 'format') {
      this.#say('datetime-format-invalid', row, MODIFIED, {
        message: `dateLastModified "${show(text)}" is not a time like 2025-08-27T14:05:00.000Z`,
      });
      return true;
    }
    if (verdict === 'not-utc') {
      this.#say('datetime-not-utc', row, MODIFIED, { message: `dateLastModified "${show(text)}" is not in UTC` });
      return true;
    }
    if (verdict === 'no-milliseconds') this.#say('datetime-without-milliseconds', row, MODIFIED);
    const { now } = this.#context;
    if (now && text > now)
      this.#say('delta-date-in-future', row, MODIFIED, {
        message: `dateLastModified "${show(text)}" lies in the future`,
      });
    return false;
  }

  /** Declared mode and rows disagree, or a file mixes both styles: the rows decide, and nothing is removed on a guess. */
  #judgeModes(): void {
    const mixed = this.#filledModes > 0 && this.#blankModes > 0;
    const bulkWithDeletes = !this.#isDelta && this.#sawDeleted;
    const deltaAsBulk = this.#isDelta && this.#filledModes === 0 && this.#blankModes > 0;
    if (!mixed && !bulkWithDeletes && !deltaAsBulk) return;
    const said = this.#isDelta ? 'delta' : 'bulk';
    const rows = bulkWithDeletes
      ? 'some of its rows say tobedeleted'
      : `status and dateLastModified are filled on ${this.#filledModes} of ${this.count.rows} rows`;
    this.#tally.add('mode-conflict', { file: this.#file, message: `${this.#file} is declared ${said}, and ${rows}` });
    if (!this.#isDelta) this.count.unidentified++;
  }

  #sayUnidentified(): void {
    const { unidentified } = this.count;
    if (this.#isDelta || unidentified === 0 || this.#present[0] === false) return;
    const who =
      unidentified === 1
        ? '1 row does not say which record it is'
        : `${thousands(unidentified)} rows do not say which records they are`;
    this.#tally.add('removals-suspended', {
      file: this.#file,
      message: `${who}, so nothing of ${this.#kind} is removed by this delivery`,
    });
  }

  #say(rule: string, row: Row, at: number, where: Where = {}): void {
    const place: Where = {
      file: this.#file,
      line: row.line,
      column: fieldNames(this.#kind)[at] as string,
      value: show(row.text(at)),
    };
    if (at > 0) place.key = show(row.text(0));
    this.#tally.add(rule, { ...place, ...where });
  }

  /** What needs all parents to be known: circles, and what the observer says. Returns those whose parent is not taken. */
  #judgeAside(aside: RowStore): Set<number> {
    const { parents, looped } = this.#loops(aside);
    for (const member of looped) parents.delete(member);
    this.#observer.parents(parents);
    for (const row of aside.rows()) {
      const index = this.#indexOf(row);
      if (this.#observer.judge(row, index, this.#references)) this.#leaveOut(row, index, false);
    }
    return looped;
  }

  /** Reports every org or session that is its own ancestor. */
  #loops(aside: RowStore): { parents: Map<number, number>; looped: Set<number> } {
    const at = this.#parentAt;
    const parents = new Map<number, number>();
    for (const row of aside.rows()) {
      const parent = this.#ids.find(row.buffer, row.start[at] as number, row.end[at] as number);
      const child = this.#indexOf(row);
      if (parent >= 0 && parent !== child) parents.set(child, parent);
    }
    const looped = inLoops(parents);
    if (looped.size === 0) return { parents, looped };
    for (const row of aside.rows()) {
      if (!looped.has(this.#indexOf(row))) continue;
      this.#say('reference-cycle', row, at, {
        message: `parentSourcedId "${show(row.text(at))}" leads back to the record itself`,
      });
    }
    return { parents, looped };
  }

  get #parentAt(): number {
    return fieldNames(this.#kind).indexOf('parentSourcedId');
  }

  #indexOf(row: Row): number {
    return this.#ids.find(row.buffer, row.start[0] as number, row.end[0] as number);
  }
}
