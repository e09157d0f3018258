/** Rules on single cells, compiled per column from the table's declaration: required, type, vocabulary, length, text. */

import { encode, isCommonText, isIdText, isYear, judgeDate } from './bytes.ts';
import {
  booleanWords,
  dialled,
  isEmail,
  isMojibake,
  isNullWord,
  isRoleOfUsers,
  looksDamaged,
  rareMessages,
  rareTypes,
} from './cell-forms.ts';
import {
  type Column,
  columnsFor,
  DAY,
  type Judge,
  judgedOf,
  LIST,
  REFERENCE,
  TEXT,
  TOKEN,
  TRUTH,
  YEAR,
} from './column.ts';
import { SCRATCH_BYTES } from './csv.ts';
import type { Where } from './finding.ts';
import { Items } from './lists.ts';
import { nearest } from './nearest.ts';
import { decode, type Row } from './record.ts';
import { hasInvisible, show } from './show.ts';
import { fieldNames, fileOf, gradeCodes, type Kind, type Version } from './tables.ts';

const ID_LIMIT = 255;
const TEXT_LIMIT = 255;

/** Judges the cells of one kind's rows. */
export class CellCheck {
  #columns: Column[];
  #kind: Kind;
  #file: string;
  #subjectsAt: number;
  #codesAt: number;
  #tally: Judge;
  #present: boolean[];
  /** Fields that the file has a column for, but the first three. */
  #judged: Int32Array;
  #items = new Items();
  #scratch = 0;
  #faulty = false;
  #row!: Row;

  constructor(kind: Kind, version: Version, tally: Judge) {
    this.#kind = kind;
    this.#file = fileOf(kind);
    this.#subjectsAt = fieldNames(kind).indexOf('subjects');
    this.#codesAt = fieldNames(kind).indexOf('subjectCodes');
    this.#tally = tally;
    this.#columns = columnsFor(kind, version);
    this.#present = this.#columns.map(() => true);
    this.#judged = judgedOf(this.#present);
  }

  /** Which fields have a column: a missing column is one finding, not one a row. */
  columns(present: boolean[]): void {
    this.#present = present;
    this.#judged = judgedOf(present);
  }

  /** After `check`: whether a cell was written anew. */
  get repaired(): boolean {
    return this.#scratch > 0;
  }

  /** Judges all cells but sourcedId, status and dateLastModified. True when one of them costs the record. */
  check(row: Row): boolean {
    this.#row = row;
    this.#faulty = false;
    this.#scratch = 0;
    const { start, end } = row;
    const columns = this.#columns;
    const judged = this.#judged;
    for (let each = 0; each < judged.length; each++) {
      const at = judged[each] as number;
      const from = start[at] as number;
      const to = end[at] as number;
      if (from === to) {
        if ((columns[at] as Column).required) this.#missing(at);
      } else this.#cell(at, from, to);
    }
    if (row.unusual) this.#unusual(row);
    if (this.#subjectsAt >= 0) this.#subjects(row);
    return this.#faulty;
  }

  /** Judges the sourcedId's own text. True when it cannot serve as an id. */
  checkId(row: Row): boolean {
    this.#row = row;
    const from = row.start[0] as number;
    const to = row.end[0] as number;
    if (from === to) {
      if (this.#present[0]) this.#missing(0);
      return true;
    }
    if (to - from > ID_LIMIT) {
      this.#say('sourced-id-too-long', 0, { message: `The sourcedId has ${to - from} characters; 255 are allowed` });
      return true;
    }
    if (isIdText(row.buffer, from, to)) return false;
    const text = row.text(0);
    if (looksDamaged(text))
      this.#say('csv-spreadsheet-damage', 0, { message: `sourcedId "${show(text)}" looks damaged by a spreadsheet` });
    this.#say('sourced-id-invalid-character', 0, {
      message: `sourcedId "${show(text)}" has ${/[^\0-\x7f]/.test(text) ? 'letters with accents or other signs' : 'characters'} that are not allowed`,
    });
    return text.includes(',') || !this.#tally.repairs('sourced-id-invalid-character');
  }

  #say(rule: string, at: number, where: Where = {}): void {
    const column = this.#columns[at] as Column;
    const row = this.#row;
    const hidden = column.field.privacy === 'credential';
    const value = hidden ? '(hidden)' : show(row.text(at));
    const key = at === 0 ? undefined : show(row.text(0));
    const place: Where = { file: this.#file, line: row.line, column: column.name, value };
    if (key) place.key = key;
    this.#tally.add(rule, { ...place, ...where });
    if (at > 0 && this.#tally.costs(rule)) this.#faulty = true;
  }

  #missing(at: number): void {
    const { name } = this.#columns[at] as Column;
    this.#say('required-value-missing', at, { value: '', message: `${name} is blank` });
  }

  #cell(at: number, from: number, to: number): void {
    const column = this.#columns[at] as Column;
    const { buffer } = this.#row;
    switch (column.way) {
      case REFERENCE:
        // An id that is not well formed resolves to nothing: the references say so.
        return;
      case TOKEN:
        if (!column.tokens?.has(buffer, from, to)) this.#enum(at, column);
        return;
      case TRUTH:
        if (!column.tokens?.has(buffer, from, to)) this.#boolean(at, column);
        return;
      case DAY: {
        const verdict = judgeDate(buffer, from, to);
        if (verdict !== 'ok') this.#date(at, column, verdict);
        return;
      }
      case YEAR:
        if (!isYear(buffer, from, to))
          this.#say('year-invalid', at, {
            message: `${column.name} "${show(this.#row.text(at))}" is not a year of four digits`,
          });
        return;
      case LIST:
        return this.#list(at, column, from, to);
      case TEXT:
        return this.#text(at, column, from, to);
      default:
        return this.#rare(at, column);
    }
  }

  #text(at: number, column: Column, from: number, to: number): void {
    const { buffer } = this.#row;
    const first = buffer[from] as number;
    if (first === 32 || buffer[to - 1] === 32) {
      this.#say('csv-surrounding-whitespace', at, { message: `${column.name} starts or ends with a space` });
      this.#trim(at, from, to);
      if (this.#row.start[at] === this.#row.end[at]) {
        if (column.required) this.#missing(at);
        return;
      }
    }
    if (to - from > TEXT_LIMIT && this.#row.text(at).length > TEXT_LIMIT) {
      this.#say('csv-value-too-long', at, {
        message: `${column.name} has ${this.#row.text(at).length} characters; receivers may cut it at 255`,
      });
    }
    if ((first | 0x20) === 110 && to - from <= 4 && isNullWord(this.#row.text(at))) {
      this.#say('csv-null-literal', at, { message: `${column.name} holds the word ${this.#row.text(at)}` });
      if (!column.required) this.#row.end[at] = this.#row.start[at] as number;
      return;
    }
    if (first < 65) this.#suspicious(at, column, first, from, to);
    if (column.name === 'email' && !isEmail(buffer, this.#row.start[at] as number, this.#row.end[at] as number)) {
      this.#say('email-invalid', at, { message: `email "${show(this.#row.text(at))}" is not an address` });
    }
  }

  /** Values that a spreadsheet has damaged, or would run as a formula. */
  #suspicious(at: number, column: Column, first: number, from: number, to: number): void {
    const { buffer } = this.#row;
    const isNumber = first >= 48 && first <= 57;
    // A number in scientific notation has a point or an E behind its first digit.
    if (first === 35 || (isNumber && (buffer[from + 1] === 46 || buffer[from + 1] === 69))) {
      const text = this.#row.text(at);
      if (looksDamaged(text)) {
        this.#say('csv-spreadsheet-damage', at, {
          message: `${column.name} "${show(text)}" looks damaged by a spreadsheet`,
        });
      }
      return;
    }
    if (isNumber) return;
    const formula = first === 61 || first === 43 || first === 45 || first === 64;
    if (formula && to - from > 1 && !dialled.has(column.name)) {
      this.#say('csv-formula-cell', at, { message: `${column.name} starts with ${String.fromCharCode(first)}` });
    }
  }

  #trim(at: number, from: number, to: number): void {
    const { buffer, start, end } = this.#row;
    let first = from;
    let last = to;
    while (first < last && buffer[first] === 32) first++;
    while (last > first && buffer[last - 1] === 32) last--;
    start[at] = first;
    end[at] = last;
  }

  #enum(at: number, column: Column): void {
    const text = this.#row.text(at);
    const allowed = column.tokens?.texts ?? [];
    if (/^ext:./.test(text)) {
      if (!column.extensible) this.#ownValue(at, column, text);
      return;
    }
    const meant = allowed.find((token) => token.toLowerCase() === text.trim().toLowerCase());
    if (meant && text.trim() === text) {
      this.#say('enum-wrong-case', at, { message: `${column.name} is written "${show(text)}" instead of "${meant}"` });
      if (this.#tally.repairs('enum-wrong-case')) this.#replace(at, meant);
      return;
    }
    const near = meant ?? nearest(text.trim(), allowed);
    const hint = near ? ` (did you mean ${near}?)` : '';
    if (this.#kind === 'enrollments' && isRoleOfUsers(text)) {
      const message = `${column.name} "${show(text)}" is not a role in a class: ${allowed.join(', ')}`;
      return this.#say('enrollment-role-not-permitted', at, { message });
    }
    const rule =
      column.extensible && /^[A-Za-z][\w -]*$/.test(text) && !near ? 'enum-missing-ext-prefix' : 'enum-invalid';
    this.#say(rule, at, { message: `${column.name} "${show(text)}" is not one of ${allowed.join(', ')}${hint}` });
  }

  #ownValue(at: number, { name }: Column, text: string): void {
    const message = `${name} "${show(text)}" is an own value where none is allowed`;
    this.#say('enum-extension-not-allowed', at, { message });
  }

  #boolean(at: number, column: Column): void {
    const text = this.#row.text(at);
    if (/^ext:./.test(text)) return this.#ownValue(at, column, text);
    this.#say('boolean-invalid', at, { message: `${column.name} is "${show(text)}", not true or false` });
    const meant = booleanWords[text.trim().toLowerCase()];
    if (!this.#tally.repairs('boolean-invalid')) return;
    if (meant) this.#replace(at, meant);
    else this.#faulty = true;
  }

  #date(at: number, column: Column, verdict: 'format' | 'impossible'): void {
    const text = show(this.#row.text(at));
    if (verdict === 'impossible')
      this.#say('date-impossible', at, { message: `${column.name} "${text}" is a day that does not exist` });
    else this.#say('date-format-invalid', at, { message: `${column.name} "${text}" is not written YYYY-MM-DD` });
  }

  #list(at: number, column: Column, from: number, to: number): void {
    const { buffer } = this.#row;
    const items = this.#items.cut(buffer, from, to);
    if (items.hasEmpty)
      this.#say('list-empty-item', at, { message: `${column.name} has an empty item: "${show(this.#row.text(at))}"` });
    if (items.otherSeparator)
      this.#say('list-wrong-separator', at, {
        message: `The items of ${column.name} are not separated by commas: "${show(this.#row.text(at))}"`,
      });
    if (items.hasSpace)
      this.#say('list-space-around-item', at, { message: `${column.name} has spaces around its commas` });
    if (items.count > 1 && items.hasDuplicate(buffer))
      this.#say('list-duplicate-item', at, { message: `${column.name} names the same item twice` });
    if (column.type === 'grades' && !items.otherSeparator) this.#grades(at, column);
    else if (column.type === 'enums') this.#enums(at, column);
  }

  #grades(at: number, column: Column): void {
    const { buffer } = this.#row;
    const items = this.#items;
    let repaired = false;
    const texts: string[] = [];
    let clean = true;
    for (let item = 0; item < items.count; item++)
      if (!column.tokens?.has(buffer, items.start[item] as number, items.end[item] as number)) clean = false;
    if (clean && !items.hasSpace) return;
    for (let item = 0; item < items.count; item++) {
      const grade = decode(buffer, items.start[item] as number, items.end[item] as number);
      if (column.tokens?.texts.includes(grade)) texts.push(grade);
      else if (/^[1-9]$/.test(grade)) {
        this.#say('grade-missing-leading-zero', at, { message: `${column.name} "${grade}" is read as "0${grade}"` });
        texts.push(`0${grade}`);
        repaired = true;
      } else {
        const near = gradeCodes.find((code) => code.toLowerCase() === grade.toLowerCase());
        this.#say('grade-unknown', at, {
          message: `${column.name} "${show(grade)}" is not a grade code${near ? ` (did you mean ${near}?)` : ''}`,
        });
        texts.push(grade);
      }
    }
    if (repaired || items.hasSpace) this.#replace(at, texts.join(','));
  }

  #enums(at: number, column: Column): void {
    const { buffer } = this.#row;
    const items = this.#items;
    for (let item = 0; item < items.count; item++) {
      const token = decode(buffer, items.start[item] as number, items.end[item] as number);
      if (column.tokens?.texts.includes(token) || (column.extensible && /^ext:./.test(token))) continue;
      const meant = column.tokens?.texts.find((text) => text.toLowerCase() === token.toLowerCase());
      const message = `${column.name} "${show(token)}" is not one of ${column.tokens?.texts.join(', ')}`;
      this.#say(meant ? 'enum-wrong-case' : 'enum-invalid', at, { message });
    }
  }

  /** Types of small or rarely filled columns: read as text. */
  #rare(at: number, column: Column): void {
    const text = this.#row.text(at);
    if (column.name === 'weight' && /^\d+%$/.test(text)) return this.#percent(at, text);
    const judge = rareTypes[column.type];
    const fault = judge?.(text, this.#row);
    if (fault) this.#say(fault, at, { message: `${column.name} "${show(text)}" ${rareMessages[fault]}` });
  }

  /** A weight as people write it. One above 100 is wrong for that, not for its sign. */
  #percent(at: number, text: string): void {
    const weight = text.slice(0, -1);
    if (Number(weight) <= 100)
      this.#say('category-weight-invalid', at, { message: `weight "${text}" is read as ${weight}` });
    this.#replace(at, weight);
  }

  #unusual(row: Row): void {
    for (let at = 3; at < this.#columns.length; at++) {
      if (isCommonText(row.buffer, row.start[at] as number, row.end[at] as number)) continue;
      const text = row.text(at);
      if (hasInvisible(text))
        this.#say('csv-control-character', at, {
          message: `${(this.#columns[at] as Column).name} has characters that nobody can see`,
        });
      if (isMojibake(text))
        this.#say('csv-mojibake', at, {
          message: `${(this.#columns[at] as Column).name} "${show(text)}" has letters that were encoded twice`,
        });
    }
  }

  /** subjects and subjectCodes pair up by position (OneRoster CSV, courses and classes). */
  #subjects(row: Row): void {
    const subjects = this.#subjectsAt;
    const codes = this.#codesAt;
    if (!this.#present[subjects] || !this.#present[codes]) return;
    const count = (at: number) => this.#items.cut(row.buffer, row.start[at] as number, row.end[at] as number).count;
    const [names, numbers] = [count(subjects), count(codes)];
    if (names === numbers) return;
    const one = names === 0 || numbers === 0;
    const severity = one ? ({ severity: 'info' } as const) : {};
    const faulty = this.#faulty;
    this.#say('subject-code-count-mismatch', codes, {
      message: `subjects has ${names} items and subjectCodes ${numbers}`,
      ...severity,
    });
    if (one) this.#faulty = faulty;
  }

  /** Puts a repaired value in the place of a cell, for this record. */
  #replace(at: number, text: string): void {
    const bytes = encode(text);
    if (this.#scratch + bytes.length > SCRATCH_BYTES) return;
    const { buffer, start, end } = this.#row;
    buffer.set(bytes, this.#scratch);
    start[at] = this.#scratch;
    this.#scratch += bytes.length;
    end[at] = this.#scratch;
  }
}
