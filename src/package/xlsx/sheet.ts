/** Reads the cells of one sheet, row by row. */

import type { Entry } from '../../core/record.ts';
import { readXml, type Texts } from './parts.ts';
import { cellText, columnOf, dateText, hasLostDigits, numberText, ROWS_LIMIT, type Shown } from './values.ts';
import { attribute, type XmlVisitor } from './xml.ts';

export type Look = { texts: Texts; styles: readonly Shown[]; is1904: boolean };

/** What is worth a remark, with the first cell of each. */
export type Oddities = Record<'formulas' | 'errors' | 'lostDigits' | 'merged', { count: number; first: string }>;

export type SheetRow = { line: number; cells: string[] };

/** @param take may say that it has had enough. */
export async function readSheet(entry: Entry, look: Look, take: (row: SheetRow) => boolean): Promise<Oddities> {
  const reading = new SheetReading(look, take);
  await readXml(entry, reading, () => reading.isEnough);
  return reading.oddities;
}

class SheetReading implements XmlVisitor {
  isEnough = false;
  readonly oddities: Oddities = {
    formulas: { count: 0, first: '' },
    errors: { count: 0, first: '' },
    lostDigits: { count: 0, first: '' },
    merged: { count: 0, first: '' },
  };
  #look: Look;
  #take: (row: SheetRow) => boolean;
  #line = 0;
  #cells: string[] = [];
  #column = -1;
  #reference = '';
  #type = '';
  #style = 0;
  #value = '';
  #isValue = false;
  #isReading = false;

  constructor(look: Look, take: (row: SheetRow) => boolean) {
    this.#look = look;
    this.#take = take;
  }

  open(name: string, attributes: string, isEmpty: boolean): void {
    if (name === 'c') {
      this.#reference = attribute(attributes, 'r') ?? '';
      const column = columnOf(this.#reference);
      this.#column = column >= 0 ? column : this.#column + 1;
      this.#type = attribute(attributes, 't') ?? 'n';
      this.#style = Number(attribute(attributes, 's') ?? 0);
      this.#value = '';
    } else if (name === 'v' || name === 't') this.#isValue = !isEmpty && !this.#isReading;
    else if (name === 'f') this.#note('formulas', this.#reference);
    else if (name === 'row') {
      const line = Number(attribute(attributes, 'r') ?? this.#line + 1);
      this.#line = line > this.#line && line <= ROWS_LIMIT ? line : this.#line + 1;
      this.#cells = [];
      this.#column = -1;
    } else if (name === 'rPh') this.#isReading = true;
    else if (name === 'mergeCell') this.#note('merged', attribute(attributes, 'ref') ?? '');
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.#isValue = false;
    else if (name === 'rPh') this.#isReading = false;
    else if (name === 'c') this.#put();
    else if (name === 'row' && this.#cells.length > 0 && !this.isEnough)
      this.isEnough = !this.#take({ line: this.#line, cells: this.#cells });
  }

  text(text: string): void {
    if (this.#isValue) this.#value += text;
  }

  #put(): void {
    const text = this.#value === '' ? '' : this.#text();
    if (text === '') return;
    const cells = this.#cells;
    while (cells.length < this.#column) cells.push('');
    cells[this.#column] = text;
  }

  #text(): string {
    const { texts, styles, is1904 } = this.#look;
    switch (this.#type) {
      case 's':
        return cellText(texts.at(Number(this.#value)));
      case 'str':
      case 'inlineStr':
        return cellText(this.#value);
      case 'b':
        return this.#value.trim() === '1' ? 'true' : 'false';
      case 'e':
        this.#note('errors', this.#reference);
        return '';
      case 'd':
        return this.#value.replace(/T00:00(:00(\.0+)?)?Z?$/, '');
      default: {
        const shown = styles[this.#style] ?? 'plain';
        if (shown === 'date') return dateText(Number(this.#value), is1904) ?? numberText(this.#value);
        const text = numberText(this.#value, shown === 'plain' ? 0 : shown.zeros);
        if (hasLostDigits(text)) this.#note('lostDigits', this.#reference);
        return text;
      }
    }
  }

  #note(what: keyof Oddities, reference: string): void {
    const found = this.oddities[what];
    if (found.count++ === 0) found.first = reference;
  }
}
