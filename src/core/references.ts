/** Rules on references: what a record points to is in the delivery or in the roster, is taken, and is of the right type. */

import type { Directory } from './directory.ts';
import type { Where } from './finding.ts';
import { DELETED, EXT_TYPE, type IdSet, type IdView, KNOWN, LEFT_OUT, LIVE, OF_TYPE } from './id-set.ts';
import { Items, Noted } from './lists.ts';
import { decode, type Row } from './record.ts';
import { CLASS, ORG_OF_ROLE, type Reference, referencesOf, SCHOOL, USER } from './reference-fields.ts';
import { show } from './show.ts';
import { fieldNames, fileOf, type Kind, type Version } from './tables.ts';
import type { Tally } from './tally.ts';

/** More than is ever shown of a value. */
const SHOWN_BYTES = 1024;
const OK = 0;
const GONE = 1;
/** The list itself is wrong, whatever its items point to. */
const FAULTY = 2;

/** Judges the references of one kind's rows. */
export class ReferenceCheck {
  #kind: Kind;
  #tally: Tally;
  #directory: Directory;
  #references: Reference[];
  #self: Reference[];
  /** By field: what the single reference of the present row points to, or -1. */
  #targets: Int32Array;
  /** By field: the reference that is a list. */
  #lists: (Reference | undefined)[] = [];
  #follows = true;
  /** Whether the last reference pointed to a record that is left out. */
  #cascaded = false;
  #items = new Items();
  #kept = new Noted();
  #saidAbsent = new Set<string>();
  /** Index that the last resolved reference points to. */
  #target = -1;
  /** The present row is left out for a fault of its own: that what it needs is left out too is no news. */
  #isLost = false;
  #isDelta: boolean;

  constructor(kind: Kind, version: Version, directory: Directory, tally: Tally) {
    this.#kind = kind;
    this.#tally = tally;
    this.#directory = directory;
    this.#isDelta = directory.modes.get(kind) === 'delta';
    this.#references = referencesOf(kind, version, directory);
    this.#targets = new Int32Array(fieldNames(kind).length).fill(-1);
    for (const reference of this.#references) if (reference.list) this.#lists[reference.at] = reference;
    this.#self = this.#references.filter((reference) => reference.to === kind);
  }

  /** The ids that single references point to, by field, where all of them are known and can be shown to another thread. */
  views(): { field: number; ids: IdView }[] {
    return this.#references.flatMap(({ at, list, to, ids }) => {
      const view = list || to === this.#kind ? undefined : ids.view();
      return view && view.size > 0 ? [{ field: at, ids: view }] : [];
    });
  }

  /** What is looked at of a row: its sourcedId, and what refers. */
  get fields(): number[] {
    return [0, ...this.#references.map(({ at }) => at)];
  }

  get refersToItself(): boolean {
    return this.#self.length > 0;
  }

  /** After `check`: the index of what a field of the row points to, or -1. */
  targetOf(field: number): number {
    return this.#targets[field] as number;
  }

  /** After `check`: to how many the list in a field points, without what was taken out of it. */
  targetCount(field: number): number {
    return this.#lists[field]?.found.count ?? 0;
  }

  /** After `check`: the index of what the list in a field points to at a position, or -1. */
  targetAt(field: number, position: number): number {
    return this.#lists[field]?.found.get(position) ?? -1;
  }

  /** After `check`: whether something was taken out of the list in a field. */
  isCut(field: number): boolean {
    return this.#lists[field]?.isCut === true;
  }

  /** After `check` said that the record cannot live: whether only because what it needs is left out. */
  get follows(): boolean {
    return this.#follows;
  }

  /** Whether the row points to ids of its own file that have not been read yet. */
  pointsAhead(row: Row): boolean {
    for (const { at, ids } of this.#self) {
      const from = row.start[at] as number;
      const to = row.end[at] as number;
      if (from === to) continue;
      const items = this.#items.cut(row.buffer, from, to);
      for (let item = 0; item < items.count; item++) {
        if (ids.find(row.buffer, items.start[item] as number, items.end[item] as number) < 0) return true;
      }
    }
    return false;
  }

  /**
   * Judges every reference; one that does not hold is taken out of the row when the record can live without it.
   * True when the record cannot.
   */
  check(row: Row, index: number): boolean {
    let faulty = false;
    let school = -1;
    let classIndex = -1;
    let user = -1;
    this.#follows = true;
    for (const reference of this.#references) {
      const { at } = reference;
      this.#targets[at] = -1;
      if (reference.list) reference.found.count = 0;
      if (row.start[at] === row.end[at]) continue;
      const known = row.plain && !reference.list ? (row.targets[at] as number) - 1 : -1;
      if (known >= 0 && reference.quiet[reference.ids.flags[known] as number] === 1) {
        this.#target = known;
        this.#targets[at] = known;
      } else {
        this.#target = -1;
        this.#cascaded = false;
        const gone = reference.list ? this.#list(row, reference, index) : this.#single(row, reference, index);
        if (gone === FAULTY || (gone === GONE && reference.required)) {
          faulty = true;
          if (gone === FAULTY || !this.#cascaded) this.#follows = false;
        } else if (gone === OK && !reference.list) this.#targets[at] = this.#target;
      }
      switch (reference.part) {
        case SCHOOL:
          school = this.#target;
          break;
        case CLASS:
          classIndex = this.#target;
          break;
        case USER:
          user = this.#target;
          break;
        case ORG_OF_ROLE:
          if (user >= 0) this.#member(user, this.#target);
      }
    }
    if (this.#kind === 'classes' && school >= 0) this.#directory.schoolOf.add(index, school);
    if (this.#kind === 'enrollments' && !faulty) this.#enrollment(row, school, classIndex, user);
    return faulty;
  }

  /** Says what is wrong with the references of a row that is left out for another fault; changes nothing. */
  inspect(row: Row, index: number): void {
    this.#isLost = true;
    for (const reference of this.#references) {
      const { at, list } = reference;
      const from = row.start[at] as number;
      const to = row.end[at] as number;
      if (from === to) continue;
      if (!list) this.#resolve(row, reference, from, to, index);
      else {
        const items = this.#items.cut(row.buffer, from, to);
        this.#listForm(row, reference);
        for (let item = 0; item < items.count; item++)
          this.#resolve(row, reference, items.start[item] as number, items.end[item] as number, index);
      }
    }
    this.#isLost = false;
  }

  #single(row: Row, reference: Reference, index: number): number {
    const from = row.start[reference.at] as number;
    const to = row.end[reference.at] as number;
    const verdict = this.#resolve(row, reference, from, to, index);
    if (verdict === GONE && !reference.required) {
      row.end[reference.at] = from;
      row.isHashed = false;
    }
    return verdict;
  }

  #list(row: Row, reference: Reference, index: number): number {
    const from = row.start[reference.at] as number;
    const to = row.end[reference.at] as number;
    if (reference.alone >= 0 && reference.ids.isAt(reference.alone, row.buffer, from, to))
      return this.#listOfOne(row, reference, index, from, to);
    const items = this.#items.cut(row.buffer, from, to);
    this.#listForm(row, reference);
    const kept = this.#kept;
    kept.count = 0;
    for (let item = 0; item < items.count; item++) {
      if (this.#resolve(row, reference, items.start[item] as number, items.end[item] as number, index) === GONE)
        continue;
      kept.add(item);
      reference.found.add(this.#target);
      if (reference.name === 'orgSourcedIds') this.#member(index, this.#target);
    }
    const isOne = items.count === 1 && items.start[0] === from && items.end[0] === to && !items.otherSeparator;
    reference.alone = isOne ? this.#target : -1;
    reference.isCut = kept.count < items.count;
    if (reference.isCut || items.hasSpace) this.#keep(row, reference.at, kept);
    if (items.hasEmpty && this.#tally.costs('list-empty-item')) return FAULTY;
    return kept.count === 0 ? GONE : OK;
  }

  /** The same single item as in the row before. */
  #listOfOne(row: Row, reference: Reference, index: number, from: number, to: number): number {
    reference.isCut = this.#judge(row, reference, reference.alone, index, from, to) === GONE;
    if (reference.isCut) {
      this.#kept.count = 0;
      this.#keep(row, reference.at, this.#kept);
      return GONE;
    }
    reference.found.add(reference.alone);
    if (reference.name === 'orgSourcedIds') this.#member(index, reference.alone);
    return OK;
  }

  #listForm(row: Row, reference: Reference): void {
    const items = this.#items;
    const { name } = reference;
    if (items.hasEmpty)
      this.#say('list-empty-item', row, reference, {
        message: `${name} has an empty item: "${show(row.text(reference.at))}"`,
      });
    if (items.otherSeparator)
      this.#say('list-wrong-separator', row, reference, {
        message: `The items of ${name} are not separated by commas: "${show(row.text(reference.at))}"`,
      });
    if (items.hasSpace)
      this.#say('list-space-around-item', row, reference, { message: `${name} has spaces around its commas` });
    if (items.count > 1 && items.hasDuplicate(row.buffer))
      this.#say('list-duplicate-item', row, reference, { message: `${name} names the same item twice` });
  }

  /** Writes the list again with the items that hold, in place: it can only become shorter. */
  #keep(row: Row, at: number, kept: Noted): void {
    let to = row.start[at] as number;
    for (let position = 0; position < kept.count; position++) {
      const item = kept.get(position);
      if (position > 0) row.buffer[to++] = 44;
      const end = this.#items.end[item] as number;
      for (let byte = this.#items.start[item] as number; byte < end; byte++)
        row.buffer[to++] = row.buffer[byte] as number;
    }
    row.end[at] = to;
    row.isHashed = false;
  }

  #resolve(row: Row, reference: Reference, from: number, to: number, index: number): number {
    const { ids } = reference;
    let target = row.plain && !reference.list ? (row.targets[reference.at] as number) - 1 : -1;
    if (target < 0) {
      const near = reference.last >= 0 && ids.isAt(reference.last, row.buffer, from, to);
      target = near ? reference.last : ids.find(row.buffer, from, to);
      reference.last = target;
    }
    if (target < 0) {
      this.#target = -1;
      return this.#unresolved(row, reference, ids, decode(row.buffer, from, to));
    }
    return this.#judge(row, reference, target, index, from, to);
  }

  /** What a reference, or an item of a list at `from` to `to`, points to is there: whether it may be pointed to. */
  #judge(row: Row, reference: Reference, target: number, index: number, from: number, to: number): number {
    const { name, to: kind, ids } = reference;
    this.#target = target;
    if (kind === this.#kind && target === index) {
      const rule = kind === 'users' ? 'user-agent-self' : 'reference-self';
      this.#say(rule, row, reference, { message: `${name} points to the record itself` });
      return GONE;
    }
    const flags = ids.flags[target] as number;
    if (flags & LEFT_OUT) {
      if (this.#isLost) return GONE;
      const line = ids.lines[target] as number;
      this.#cascaded = true;
      this.#say('reference-cascade', row, reference, {
        message: `${name} points to a record of ${fileOf(kind)} (line ${line}) that is left out`,
      });
      return GONE;
    }
    if (flags & DELETED && !(flags & LIVE) && this.#directory.known.has(kind)) {
      this.#say('reference-not-found', row, reference, {
        value: show(decode(row.buffer, from, to)),
        message: `${name} points to a record that this delivery removes, and that is not in the roster`,
      });
      return GONE;
    }
    if (flags & DELETED)
      this.#say('reference-to-deleted', row, reference, {
        message: `${name} points to a record that this delivery removes`,
      });
    return flags & KNOWN ? OK : this.#type(row, reference, flags);
  }

  #type(row: Row, reference: Reference, flags: number): number {
    const { name, field } = reference;
    if (field.only && !(flags & (OF_TYPE | EXT_TYPE))) {
      const rule = field.to === 'orgs' ? 'org-type-not-school' : 'course-school-year-type';
      this.#say(rule, row, reference, {
        message: `${name} "${show(row.text(reference.at))}" is not of type ${field.only.join(' or ')}`,
      });
      return GONE;
    }
    if (name === 'termSourcedIds' && flags & OF_TYPE) this.#say('class-term-is-school-year', row, reference);
    if (this.#kind === 'lineItems' && field.to === 'academicSessions' && flags & OF_TYPE)
      this.#say('line-item-session-type', row, reference);
    return OK;
  }

  #unresolved(row: Row, reference: Reference, ids: IdSet, text: string): number {
    const { name, to: kind } = reference;
    if (this.#directory.unreadable.has(kind)) return GONE;
    const { variant } = ids;
    if (variant >= 0) {
      const bytes = ids.bytesOf(variant);
      this.#say('reference-wrong-case', row, reference, {
        value: show(text),
        message: `${name} "${show(text)}" is written "${show(decode(bytes, 0, bytes.length))}" in ${fileOf(kind)}`,
      });
      return GONE;
    }
    if (this.#directory.isComplete(kind)) {
      const where = this.#directory.known.has(kind)
        ? `neither in ${fileOf(kind)} nor in the roster`
        : `not in ${fileOf(kind)}`;
      this.#say('reference-not-found', row, reference, {
        value: show(text),
        message: `${name} "${show(text)}" is ${where}`,
      });
      return GONE;
    }
    if (this.#isDelta || this.#directory.modes.get(kind) === 'delta') return OK;
    if (!this.#saidAbsent.has(name)) {
      this.#saidAbsent.add(name);
      this.#tally.add('reference-file-absent', {
        file: fileOf(this.#kind),
        line: row.line,
        column: name,
        message: `${name} points to ${fileOf(kind)}, which is not in the delivery`,
      });
    }
    return GONE;
  }

  #say(rule: string, row: Row, reference: Reference, where: Where = {}): void {
    if (!this.#tally.asks(rule)) return;
    const place = { file: fileOf(this.#kind), line: row.line, column: reference.name, key: show(row.text(0)) };
    const { at } = reference;
    // A list may be long, and each of its items be wrong.
    const end = Math.min(row.end[at] as number, (row.start[at] as number) + SHOWN_BYTES);
    const value = where.value ?? show(decode(row.buffer, row.start[at] as number, end));
    this.#tally.add(rule, { ...place, value, ...where });
  }

  #member(user: number, org: number): void {
    if (org >= 0) this.#directory.orgsOf.add(user, org);
  }

  #named(name: string): Reference {
    return this.#references.find((reference) => reference.name === name) as Reference;
  }

  #enrollment(row: Row, school: number, classIndex: number, user: number): void {
    if (school < 0) return;
    const { schoolOf, orgsOf } = this.#directory;
    if (!schoolOf.includes(classIndex, school) && schoolOf.has(classIndex))
      this.#say('enrollment-school-mismatch', row, this.#named('schoolSourcedId'));
    if (!orgsOf.includes(user, school) && orgsOf.has(user))
      this.#say('user-not-member-of-school', row, this.#named('schoolSourcedId'));
  }
}
