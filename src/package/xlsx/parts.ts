/** The small parts of a workbook that say what its cells mean: its sheets, its formats, its shared texts. */

import type { Entry } from '../../core/record.ts';
import { type Shown, shownBy } from './values.ts';
import { attribute, XmlReader, type XmlVisitor } from './xml.ts';

export type Sheet = { name: string; isHidden: boolean; path: string };
export type Book = { sheets: Sheet[]; is1904: boolean; isStrict: boolean };

/** Hands the text of a part to a visitor until it has had enough. */
export async function readXml(entry: Entry, visitor: XmlVisitor, isEnough: () => boolean = () => false): Promise<void> {
  const decoder = new TextDecoder();
  const reader = new XmlReader(visitor);
  for await (const piece of entry.bytes()) {
    reader.push(decoder.decode(piece, { stream: true }));
    if (isEnough()) return;
  }
  reader.end();
}

const strictNamespace = 'purl.oclc.org/ooxml';

export async function readBook(parts: ReadonlyMap<string, Entry>): Promise<Book | undefined> {
  const root = await relations(parts.get('_rels/.rels'), '');
  const path = root.find(({ type }) => type.endsWith('/officeDocument'))?.path ?? 'xl/workbook.xml';
  const entry = parts.get(path);
  if (!entry) return undefined;
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const links = await relations(parts.get(`${folder}_rels/${path.slice(folder.length)}.rels`), folder);
  const book: Book = { sheets: [], is1904: false, isStrict: root.some(({ type }) => type.includes(strictNamespace)) };
  await readXml(entry, {
    open(name, attributes) {
      if (name === 'workbook' && attributes.includes(strictNamespace)) book.isStrict = true;
      else if (name === 'workbookPr') book.is1904 = /^(1|true)$/.test(attribute(attributes, 'date1904') ?? '');
      else if (name === 'sheet') {
        const link = links.find(({ id }) => id === attribute(attributes, 'id'));
        const isHidden = /^(very)?hidden$/i.test(attribute(attributes, 'state') ?? '');
        if (link?.type.endsWith('/worksheet'))
          book.sheets.push({ name: attribute(attributes, 'name') ?? '', isHidden, path: link.path });
      }
    },
    close() {},
    text() {},
  });
  return book;
}

type Relation = { id: string; type: string; path: string };

async function relations(entry: Entry | undefined, folder: string): Promise<Relation[]> {
  const found: Relation[] = [];
  if (!entry) return found;
  await readXml(entry, {
    open(name, attributes) {
      if (name !== 'Relationship' || found.length >= RELATIONS_LIMIT) return;
      const target = attribute(attributes, 'Target') ?? '';
      const path = target.startsWith('/') ? target.slice(1) : `${folder}${target}`;
      found.push({ id: attribute(attributes, 'Id') ?? '', type: attribute(attributes, 'Type') ?? '', path });
    },
    close() {},
    text() {},
  });
  return found;
}
const RELATIONS_LIMIT = 10_000;

/** How each style of cells shows numbers. */
export async function readStyles(entry: Entry | undefined): Promise<Shown[]> {
  const codes = new Map<number, string>();
  const shown: Shown[] = [];
  if (!entry) return shown;
  let inCells = false;
  await readXml(entry, {
    open(name, attributes) {
      if (name === 'numFmt')
        codes.set(Number(attribute(attributes, 'numFmtId')), attribute(attributes, 'formatCode') ?? '');
      else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) {
        const id = Number(attribute(attributes, 'numFmtId') ?? 0);
        shown.push(shownBy(id, codes.get(id)));
      }
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
    text() {},
  });
  return shown;
}

/** Texts by their number, packed: a workbook may have a million of them. */
export class Texts {
  #bytes = new Uint8Array(1 << 16);
  #ends = new Uint32Array(1 << 10);
  #size = 0;

  push(text: string): void {
    const from = this.#endOf(this.#size - 1);
    while (from + text.length * 3 > this.#bytes.length)
      this.#bytes = grown(this.#bytes, new Uint8Array(this.#bytes.length * 2));
    if (this.#size === this.#ends.length) this.#ends = grown(this.#ends, new Uint32Array(this.#size * 2));
    this.#ends[this.#size++] = from + encoder.encodeInto(text, this.#bytes.subarray(from)).written;
  }

  /** Blank where there is none. */
  at(index: number): string {
    if (!(index >= 0 && index < this.#size)) return '';
    return decoder.decode(this.#bytes.subarray(this.#endOf(index - 1), this.#endOf(index)));
  }

  #endOf(index: number): number {
    return index < 0 ? 0 : (this.#ends[index] as number);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function grown<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Texts that cells refer to by their number. Runs of a rich text are joined; readings beside it are left out. */
export async function readSharedTexts(entry: Entry | undefined): Promise<Texts> {
  const texts = new Texts();
  if (!entry) return texts;
  let text = '';
  let isText = false;
  let isReading = false;
  await readXml(entry, {
    open(name, _, isEmpty) {
      if (name === 'si') text = '';
      else if (name === 't') isText = !isEmpty;
      else if (name === 'rPh') isReading = true;
    },
    close(name) {
      if (name === 'si') texts.push(text);
      else if (name === 't') isText = false;
      else if (name === 'rPh') isReading = false;
    },
    text(piece) {
      if (isText && !isReading) text += piece;
    },
  });
  return texts;
}
