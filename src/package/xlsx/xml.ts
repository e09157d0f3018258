/** Reads XML as it comes, tag by tag: no tree, no entities but the five of XML, nothing that a document could make grow. */

export type XmlVisitor = {
  /** Name without its prefix, and its attributes as they stand; `attribute` reads them. */
  open(name: string, attributes: string, isEmpty: boolean): void;
  close(name: string): void;
  text(text: string): void;
};

/** A tag longer than this is no tag of a workbook. */
const TAG_LIMIT = 1 << 16;

export class XmlReader {
  #visitor: XmlVisitor;
  #rest = '';

  constructor(visitor: XmlVisitor) {
    this.#visitor = visitor;
  }

  /** @throws Error when a tag does not end. */
  push(piece: string): void {
    const text = this.#rest + piece;
    let at = 0;
    for (;;) {
      const start = text.indexOf('<', at);
      if (start < 0) {
        this.#rest = text.slice(at);
        // Text is handed on as a whole, up to the next tag.
        if (this.#rest.length > TEXT_LIMIT) throw new Error('A text does not end.');
        return;
      }
      const end = endOf(text, start);
      if (end < 0) {
        this.#rest = text.slice(at);
        if (text.length - start > TAG_LIMIT) throw new Error('A tag does not end.');
        return;
      }
      if (start > at) this.#visitor.text(unescaped(text.slice(at, start)));
      this.#tag(text, start, end);
      at = end;
    }
  }

  /** @throws Error when the text ends within a tag. */
  end(): void {
    if (this.#rest.includes('<')) throw new Error('A tag does not end.');
  }

  #tag(text: string, start: number, end: number): void {
    const first = text.charCodeAt(start + 1);
    if (first === EXCLAMATION) {
      if (text.startsWith('<![CDATA[', start)) this.#visitor.text(text.slice(start + 9, end - 3));
      return;
    }
    if (first === QUESTION) return;
    if (first === SLASH) return this.#visitor.close(local(text.slice(start + 2, end - 1).trimEnd()));
    const isEmpty = text.charCodeAt(end - 2) === SLASH;
    const inner = text.slice(start + 1, isEmpty ? end - 2 : end - 1);
    const space = inner.search(/\s/);
    const name = local(space < 0 ? inner : inner.slice(0, space));
    this.#visitor.open(name, space < 0 ? '' : inner.slice(space + 1), isEmpty);
    if (isEmpty) this.#visitor.close(name);
  }
}

const EXCLAMATION = 33;
const SLASH = 47;
const QUESTION = 63;
/** Longest text of a cell is 32,767 characters; escaped it may be six times as long. */
const TEXT_LIMIT = 1 << 19;

/** Where a tag that begins at `start` ends, or -1. */
function endOf(text: string, start: number): number {
  if (text.startsWith('<!--', start)) return after(text.indexOf('-->', start + 4), 3);
  if (text.startsWith('<![CDATA[', start)) return after(text.indexOf(']]>', start + 9), 3);
  if (text.charCodeAt(start + 1) === EXCLAMATION && text.length - start < 9) return -1;
  return after(text.indexOf('>', start + 1), 1);
}
const after = (at: number, length: number): number => (at < 0 ? -1 : at + length);

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,4});/gi, (whole, entity: string) => {
    if (!entity.startsWith('#')) return entities[entity] ?? whole;
    const code = entity[1]?.toLowerCase() === 'x' ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

const patterns = new Map<string, RegExp>();

/** The value of an attribute, by its name without prefix. */
export function attribute(attributes: string, name: string): string | undefined {
  if (attributes === '') return undefined;
  let pattern = patterns.get(name);
  if (!pattern) {
    pattern = new RegExp(`(?:^|[\\s:])${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
    patterns.set(name, pattern);
  }
  const found = pattern.exec(attributes);
  const value = found?.[1] ?? found?.[2];
  return value === undefined ? undefined : unescaped(value);
}
