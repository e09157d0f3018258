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

/** Texts that cells refer to by their number. Runs of a rich text are joined; readings beside it are left out. */
export async function readSharedTexts(entry: Entry | undefined): Promise<string[]> {
  const texts: string[] = [];
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
