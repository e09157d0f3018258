/** Checks the rows of one file: its ids, its mode, its cells and its references; hands on what is taken. */

import { isIdText } from './bytes.ts';
import { CellCheck } from './cells.ts';
import type { Where } from './finding.ts';
import type { Known, RowVisitor, TableSource } from './formats/format.ts';
import { DELETED, EXT_TYPE, type IdPlaces, type IdSet, KNOWN, LEFT_OUT, LIVE, NOT_ADDED, OF_TYPE } from './id-set.ts';
import { inLoops } from './loops.ts';
import { ModeCheck } from './mode-check.ts';
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

const ROWS_BETWEEN_DRAINS = 4096;
/** Index of a row that is passed over, for an earlier one has its id. */
const REPEATED = -2;

export class TableCheck implements RowVisitor {
  readonly passesRepeats = true;
  readonly count: TableCount;
  #kind: Kind;
  #context: TableContext;
  #tally: Tally;
  #ids: IdSet;
  #cells: CellCheck;
  #modes: ModeCheck;
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

  constructor(source: TableSource, context: TableContext) {
    const { kind } = source;
    this.#kind = kind;
    this.#context = context;
    const { version, directory, tally } = context.scene;
    this.#tally = tally;
    this.#file = fileOf(kind);
    this.#ids = directory.ids(kind);
    this.#cells = new CellCheck(kind, version, tally);
    this.#modes = new ModeCheck(source, context);
    this.#references = new ReferenceCheck(kind, version, directory, tally);
    this.#observer = context.observer;
    this.#isDelta = source.mode === 'delta';
    this.#allAside = kind === 'orgs' || kind === 'academicSessions';
    // Where nobody takes the rows, all that will be asked of one that waits is what it points to.
    const isTaken = this.#allAside || context.sink !== undefined || context.neighbours !== undefined;
    if (this.#references.refersToItself)
      this.#aside = new RowStore(kind, isTaken ? undefined : this.#references.fields);
    this.#typeAt = kind === 'orgs' || kind === 'academicSessions' ? fieldNames(kind).indexOf('type') : -1;
    this.count = { kind, file: source.file, mode: source.mode, rows: 0, leftOut: 0, unidentified: 0 };
  }

  columns(present: boolean[]): void {
    this.#present = present;
    this.#modes.columns(present);
    this.#cells.columns(present);
  }

  expect(rows: number, idBytes: number): void {
    this.#ids.reserve(rows, idBytes);
    this.#observer.expect(rows);
  }

  known(): Known {
    return {
      hashes: this.#context.sink !== undefined,
      seed: this.#ids.seed,
      ids: this.#ids.view(),
      references: this.#references.views(),
      texts: this.#observer.texts,
    };
  }

  adopt(ids: IdPlaces): void {
    this.#ids.adopt(ids);
  }

  upcoming(hashes: Int32Array, count: number): void {
    this.#ids.touch(hashes, count);
  }

  row(row: Row): void {
    if (row.mayRepeat && !row.plain && this.#isRepeated(row)) return;
    const badId = row.plain ? false : this.#cells.checkId(row);
    const index = badId ? this.#badId(row) : this.#addId(row);
    if (index === REPEATED) return;
    this.count.rows++;
    row.index = index;
    const badMode = this.#modes.check(row);
    const deleted = index >= 0 && this.#modes.isDeleted;
    if (deleted) this.#ids.flags[index] = (this.#ids.flags[index] as number) | DELETED;
    const badCells = deleted || row.plain ? false : this.#cells.check(row);
    const badKeys = index >= 0 && this.#context.neighbours?.judge(row, deleted);
    const isLost = badId || index < 0;
    if (isLost || badMode || badCells || badKeys || (!deleted && this.#observer.see(row, index))) {
      if (isLost) this.#miss(row, false);
      else this.#leaveOut(row, index, false);
      // What else is wrong with it, so that one delivery is enough to learn of it all.
      if (!deleted) this.#inspect(row);
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
        if (cut.has(index)) {
          row.end[this.#parentAt] = row.start[this.#parentAt] as number;
          row.isHashed = false;
        }
        this.#finishRow(row, index, false);
        if (++since % ROWS_BETWEEN_DRAINS === 0) await this.drain();
      }
    }
    await this.drain();
    this.#sayUnidentified();
    if (this.#modes.finish(this.count.rows) && !this.#isDelta) this.count.unidentified++;
    this.#observer.finish();
  }

  #waits(row: Row): boolean {
    return this.#aside !== undefined && (this.#allAside || this.#references.pointsAhead(row));
  }

  #inspect(row: Row): void {
    if (this.#waits(row)) {
      this.#lost ??= new RowStore(this.#kind, this.#references.fields);
      this.#lost.push(row);
    } else this.#references.inspect(row, this.#indexOf(row));
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

  /** Whether an earlier row of the delivery has its id; asked before anything is said of the row. */
  #isRepeated({ buffer, start, end }: Row): boolean {
    const from = start[0] as number;
    const to = end[0] as number;
    if (from === to) return false;
    const ids = this.#ids;
    const index = ids.find(buffer, from, to);
    return index >= 0 && ((ids.flags[index] as number) & KNOWN) === 0;
  }

  #badId(row: Row): number {
    const from = row.start[0] as number;
    const to = row.end[0] as number;
    const blank = from === to;
    this.count.unidentified++;
    if (!blank) this.#ids.add(row.buffer, from, to, row.line, LEFT_OUT);
    return -1;
  }

  /** Index of the row's id; -1 when an earlier row has it, or `REPEATED` where nothing is said of that. */
  #addId(row: Row): number {
    const from = row.start[0] as number;
    const to = row.end[0] as number;
    const ids = this.#ids;
    const flags = this.#typeFlags(row);
    let index = row.entry;
    if (index >= 0) {
      ids.enter(index, row.line, flags);
      return index;
    }
    if (index === NOT_ADDED) {
      index = row.plain
        ? ids.addHashed(row.idHash, row.buffer, from, to, row.line, flags)
        : ids.add(row.buffer, from, to, row.line, flags);
      if (index >= 0) {
        if (ids.variant >= 0) this.#caseCollision(row, ids.variant);
        return index;
      }
    }
    const first = -1 - index;
    if ((ids.flags[first] as number) & KNOWN) {
      ids.flags[first] = flags | LIVE;
      ids.lines[first] = row.line;
      return first;
    }
    if (row.mayRepeat) return REPEATED;
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
    if (row.index >= 0) return row.index;
    return this.#ids.find(row.buffer, row.start[0] as number, row.end[0] as number);
  }
}
