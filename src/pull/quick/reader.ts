/**
 * Reads records straight from the bytes of an answer into lines of CSV, where they are written as OneRoster says. Parsing
 * makes objects that are thrown away at once, and that is most of the work of a pull. Whatever is not plain is left to the
 * parser, and means what it says there: a record that is read here would be the same line, and without any remark.
 */
import type { Kind, Version } from '../../core/tables.ts';
import type { Packer, PlainRow } from '../packed.ts';
import { Alike, type Role, roles } from './alike.ts';
import { Cursor, failed } from './cursor.ts';
import { type QuickField, quickFields } from './fields.ts';

const readers = new Map<string, QuickReader | undefined>();

/** One for all pages of a kind; undefined for kinds that are parsed. */
export function quickReader(kind: Kind, version: Version): QuickReader | undefined {
  const key = `${kind} ${version}`;
  if (!readers.has(key)) {
    const fields = quickFields(kind, version);
    readers.set(key, fields && new QuickReader(fields));
  }
  return readers.get(key);
}

const [openList, closeList, openObject, closeObject, comma, quote] = [0x5b, 0x5d, 0x7b, 0x7d, 0x2c, 0x22];
const [href, sourcedId, type, identifier] = ['href', 'sourcedId', 'type', 'identifier'].map((name) =>
  Buffer.from(name),
) as [Buffer, Buffer, Buffer, Buffer];
const [active, left] = [Buffer.from('active'), Buffer.from('tobedeleted')];
const flags = [Buffer.from('true'), Buffer.from('false')] as const;
const nothing = Buffer.from('null');
/** In lists of references no id may come twice. */
const referencesLimit = 16;

export class QuickReader {
  #fields: readonly QuickField[];
  #cursor = new Cursor();
  #alike = new Alike(this.#cursor);
  #row: PlainRow;
  /** The slot behind all fields holds one text of a list after the other. */
  #one: number;
  /** Which field was seen behind each one, and behind none: the next record mostly has them in the same order. */
  #after: Uint8Array;
  #changedAt = Number.NaN;
  #isDeleted = false;

  constructor(fields: readonly QuickField[]) {
    this.#fields = fields;
    this.#after = new Uint8Array(fields.length + 1);
    this.#one = fields.length;
    const numbers = () => new Int32Array(fields.length + 1);
    const { bytes, made } = this.#cursor;
    this.#row = {
      cells: fields.length - 3,
      sources: [bytes, made],
      isMade: new Uint8Array(fields.length + 1),
      starts: numbers(),
      ends: numbers(),
    };
  }

  /**
   * Packs the records in bytes[start .. end), with commas between them, up to the first that is not plain.
   * @param bytes UTF-8.
   * @param latestAt changes after this moment are not believed.
   * @param keys takes their ids.
   * @returns where that one begins; `end` when all are packed; less than 0 for what is no JSON.
   */
  read(bytes: Buffer, start: number, end: number, latestAt: number, packer: Packer, keys: string[]): number {
    const cursor = this.#cursor;
    const row = this.#row;
    cursor.begin(bytes, end);
    this.#alike.begin(bytes);
    row.sources[0] = bytes;
    for (let at = cursor.skip(start); ; at = cursor.skip(at + 1)) {
      if (at >= end) return failed;
      let next = this.#alike.read(at, row.starts, row.ends, this.#mayBe);
      if (next < 0) next = this.#record(at);
      const isPlain = next >= 0 && this.#isWhole() && this.#changedAt <= latestAt;
      if (!isPlain) return at;
      packer.addPlain(row, this.#changedAt, this.#isDeleted);
      keys.push(bytes.toString('utf8', row.starts[0], row.ends[0]));
      at = cursor.skip(next);
      if (at === end) return end;
      if (bytes[at] !== comma) return failed;
    }
  }

  /** Whether another text may stand in the place of one that was plain. */
  #mayBe = (role: Role, start: number, end: number, field: number): boolean => {
    const cursor = this.#cursor;
    switch (role) {
      case roles.passed:
        return true;
      case roles.value:
        return start === end || this.#take(start, end, field);
      case roles.item:
        return cursor.isItem(start, end);
      case roles.word:
        return false;
      default:
        return cursor.isTrim(start, end) && (role === roles.reference || cursor.isNew(cursor.madeBytes, start, end));
    }
  };

  #isWhole(): boolean {
    const { starts, ends } = this.#row;
    for (let field = 0; field < this.#fields.length; field++)
      if ((this.#fields[field] as QuickField).isRequired && starts[field] === ends[field]) return false;
    return true;
  }

  /** One object. @returns the place behind it; less than 0 when it is not plain. */
  #record(from: number): number {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    if (bytes[from] !== openObject) return failed;
    this.#row.starts.fill(0);
    this.#row.ends.fill(0);
    cursor.madeBytes = 0;
    this.#alike.note();
    let field = failed;
    for (let at = cursor.skip(from + 1); ; at = cursor.skip(at + 1)) {
      if (bytes[at] !== quote) return failed;
      const nameEnd = cursor.text(at + 1);
      field = nameEnd < 0 ? failed : this.#fieldOf(at + 1, nameEnd, field);
      if (field < 0) return failed;
      at = cursor.value(nameEnd);
      if (at >= 0) at = this.#value(at, field);
      if (at < 0) return failed;
      at = cursor.skip(at);
      if (bytes[at] === closeObject && at < cursor.end) {
        this.#alike.learn(from, at + 1);
        return at + 1;
      }
      if (bytes[at] !== comma) return failed;
    }
  }

  #fieldOf(start: number, end: number, before: number): number {
    const cursor = this.#cursor;
    const expected = this.#after[before + 1] as number;
    if (cursor.same(start, end, (this.#fields[expected] as QuickField).name)) return expected;
    for (let field = 0; field < this.#fields.length; field++)
      if (cursor.same(start, end, (this.#fields[field] as QuickField).name)) {
        this.#after[before + 1] = field;
        return field;
      }
    return failed;
  }

  /** @returns the place behind it. */
  #value(at: number, field: number): number {
    const cursor = this.#cursor;
    const { form } = this.#fields[field] as QuickField;
    const byte = cursor.bytes[at];
    if (byte === quote) return this.#text(at + 1, field);
    if (byte === openObject) return form === 'reference' ? this.#reference(at, field) : failed;
    if (byte === openList) {
      if (form === 'references') return this.#references(at, field);
      if (form === 'list') return this.#list(at, field);
      return form === 'pairs' ? this.#pairs(at, field) : failed;
    }
    if (cursor.begins(at, nothing)) {
      this.#keep(field, 0, 0);
      return at + nothing.length;
    }
    if (form === 'flag')
      for (const flag of flags)
        if (cursor.begins(at, flag)) {
          this.#keep(field, at, at + flag.length);
          this.#alike.add(roles.word, at, at + flag.length, field);
          return at + flag.length;
        }
    return failed;
  }

  #text(start: number, field: number): number {
    const cursor = this.#cursor;
    const end = cursor.text(start);
    if (end < 0) return failed;
    if (start === end) this.#keep(field, 0, 0);
    else if (!this.#take(start, end, field)) return failed;
    const isPassed = (this.#fields[field] as QuickField).form === 'blank';
    this.#alike.add(isPassed ? roles.passed : roles.value, start, end, field);
    return end + 1;
  }

  /** A text that is not empty. */
  #take(start: number, end: number, field: number): boolean {
    const cursor = this.#cursor;
    const { form, words } = this.#fields[field] as QuickField;
    this.#keep(field, start, end);
    switch (form) {
      case 'text':
        return true;
      case 'blank':
        this.#keep(field, 0, 0);
        return true;
      case 'id':
        return cursor.isTrim(start, end);
      case 'word':
        for (const word of words) if (cursor.same(start, end, word)) return true;
        return false;
      case 'flag':
        return cursor.same(start, end, flags[0]) || cursor.same(start, end, flags[1]);
      case 'day':
        return end === start + 10 && cursor.day(start) > 0;
      case 'status':
        this.#isDeleted = cursor.same(start, end, left);
        return this.#isDeleted || cursor.same(start, end, active);
      case 'time':
        this.#changedAt = cursor.time(start, end);
        return this.#changedAt > 0;
      default:
        return false;
    }
  }

  #keep(field: number, start: number, end: number): void {
    const { starts, ends, isMade } = this.#row;
    starts[field] = start;
    ends[field] = end;
    isMade[field] = 0;
  }

  /** The id of `{"href": …, "sourcedId": …, "type": …}`, in any order. @param owner the field that it is of, or in a list of. */
  #reference(from: number, field: number, owner = field): number {
    const cursor = this.#cursor;
    const alike = this.#alike;
    const { bytes } = cursor;
    if (bytes[from] !== openObject) return failed;
    this.#keep(field, 0, 0);
    for (let at = cursor.skip(from + 1); ; at = cursor.skip(at + 1)) {
      if (!cursor.member(at)) return failed;
      const { valueStart, valueEnd } = cursor;
      if (cursor.isNamed(sourcedId)) {
        if (!cursor.isTrim(valueStart, valueEnd)) return failed;
        this.#keep(field, valueStart, valueEnd);
        alike.add(owner === field ? roles.reference : roles.only, valueStart, valueEnd, owner);
      } else if (cursor.isNamed(href) || cursor.isNamed(type)) alike.add(roles.passed, valueStart, valueEnd, owner);
      else return failed;
      at = cursor.skip(valueEnd + 1);
      if (bytes[at] === closeObject && at < cursor.end)
        return this.#row.ends[field] === this.#row.starts[field] ? failed : at + 1;
      if (bytes[at] !== comma) return failed;
    }
  }

  /** A list of references, as their ids with commas between them. */
  #references(from: number, field: number): number {
    const { starts, ends } = this.#row;
    const one = this.#one;
    return this.#each(from, field, referencesLimit, (at, made) => {
      const next = this.#reference(at, one, field);
      if (next < 0) return failed;
      const [start, end] = [starts[one] as number, ends[one] as number];
      return this.#cursor.isNew(made, start, end) && this.#cursor.make(start, end) ? next : failed;
    });
  }

  #list(from: number, field: number): number {
    const cursor = this.#cursor;
    return this.#each(from, field, Number.POSITIVE_INFINITY, (at) => {
      if (cursor.bytes[at] !== quote) return failed;
      const end = cursor.text(at + 1);
      if (end <= at + 1 || !cursor.isItem(at + 1, end) || !cursor.make(at + 1, end)) return failed;
      this.#keep(this.#one, at + 1, end);
      this.#alike.add(roles.item, at + 1, end, field);
      return end + 1;
    });
  }

  /** `[{"type": …, "identifier": …}]` as `{type:identifier}` with commas between them. */
  #pairs(from: number, field: number): number {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    return this.#each(from, field, Number.POSITIVE_INFINITY, (start) => {
      if (bytes[start] !== openObject) return failed;
      let [typeStart, typeEnd, idStart, idEnd] = [0, 0, 0, 0];
      for (let at = cursor.skip(start + 1); ; at = cursor.skip(at + 1)) {
        if (!cursor.member(at)) return failed;
        const { valueStart, valueEnd } = cursor;
        if (!cursor.isItem(valueStart, valueEnd)) return failed;
        if (cursor.isNamed(type)) [typeStart, typeEnd] = [valueStart, valueEnd];
        else if (cursor.isNamed(identifier)) [idStart, idEnd] = [valueStart, valueEnd];
        else return failed;
        at = cursor.skip(valueEnd + 1);
        if (bytes[at] === closeObject && at < cursor.end)
          return cursor.makePair(typeStart, typeEnd, idStart, idEnd) ? at + 1 : failed;
        if (bytes[at] !== comma) return failed;
      }
    });
  }

  /** Makes one cell of a list: `item` adds an entry, and answers the place behind it. */
  #each(from: number, field: number, limit: number, item: (at: number, made: number) => number): number {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    const made = cursor.madeBytes;
    const one = this.#one;
    this.#keep(one, 0, 0);
    let at = cursor.skip(from + 1);
    let count = 0;
    if (bytes[at] !== closeList)
      for (count = 1; ; count++) {
        if (count > limit || (count > 1 && !cursor.makeByte(comma))) return failed;
        at = item(at, made);
        if (at < 0) return failed;
        at = cursor.skip(at);
        if (bytes[at] === closeList) break;
        if (bytes[at] !== comma) return failed;
        at = cursor.skip(at + 1);
      }
    if (at >= cursor.end) return failed;
    const { starts, ends, isMade } = this.#row;
    const [start, end] = [starts[one] as number, ends[one] as number];
    if (count === 1 && start < end) this.#keep(field, start, end);
    else {
      if (count > 0) this.#alike.giveUp();
      this.#keep(field, made, cursor.madeBytes);
      isMade[field] = 1;
    }
    return at + 1;
  }
}
