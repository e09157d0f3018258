/** Checks status and dateLastModified of one file's rows, which tell bulk from delta. */

import { judgeDateTime } from './bytes.ts';
import type { Where } from './finding.ts';
import type { TableSource } from './formats/format.ts';
import type { Row } from './record.ts';
import { show } from './show.ts';
import type { Scene } from './structure/scene.ts';
import { fieldNames, fileOf, type Kind } from './tables.ts';
import type { Tally } from './tally.ts';

const STATUS = 1;
const MODIFIED = 2;
const ACTIVE = 1;
const TOBEDELETED = 2;
const BLANK = 0;

export class ModeCheck {
  /** After `check`: the row of a delta file takes its record away. */
  isDeleted = false;
  #kind: Kind;
  #file: string;
  #tally: Tally;
  #now: string | undefined;
  #isDelta: boolean;
  #present: boolean[] = [];
  #filledModes = 0;
  #blankModes = 0;
  #sawDeleted = false;

  constructor({ kind, mode }: TableSource, { scene, now }: { scene: Scene; now: string | undefined }) {
    this.#kind = kind;
    this.#file = fileOf(kind);
    this.#tally = scene.tally;
    this.#now = now;
    this.#isDelta = mode === 'delta';
  }

  /** Which fields have a column: a missing column is one finding, not one a row. */
  columns(present: boolean[]): void {
    this.#present = present;
  }

  /** status and dateLastModified: blank in bulk, filled in delta. True when they cost the record. */
  check(row: Row): boolean {
    this.isDeleted = false;
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
      this.isDeleted = verdict === TOBEDELETED;
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
    const now = this.#now;
    if (now && text > now)
      this.#say('delta-date-in-future', row, MODIFIED, {
        message: `dateLastModified "${show(text)}" lies in the future`,
      });
    return false;
  }

  /** Declared mode and rows disagree, or a file mixes both styles: the rows decide, and nothing is removed on a guess. True when they do. */
  finish(rowCount: number): boolean {
    const mixed = this.#filledModes > 0 && this.#blankModes > 0;
    const bulkWithDeletes = !this.#isDelta && this.#sawDeleted;
    const deltaAsBulk = this.#isDelta && this.#filledModes === 0 && this.#blankModes > 0;
    if (!mixed && !bulkWithDeletes && !deltaAsBulk) return false;
    const said = this.#isDelta ? 'delta' : 'bulk';
    const rows = bulkWithDeletes
      ? 'some of its rows say tobedeleted'
      : `status and dateLastModified are filled on ${this.#filledModes} of ${rowCount} rows`;
    this.#tally.add('mode-conflict', { file: this.#file, message: `${this.#file} is declared ${said}, and ${rows}` });
    return true;
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
}
